"""The command `trueup`: a menu whose entries are the entry points of the group trueup.commands."""

from importlib.metadata import entry_points

import click


class Menu(click.Group):
    """Sub-commands are entry points, so that lab/ can add its own without being imported by trueup."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all installed sub-commands."""
        return sorted({point.name for point in entry_points(group="trueup.commands")})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The sub-command of that name, imported now."""
        for point in entry_points(group="trueup.commands", name=cmd_name):
            command: click.Command = point.load()
            return command
        return None


@click.group(cls=Menu, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="trueup")
def main() -> None:
    """Bring a fleet of GPU nodes to one declared state, and prove that it is there."""
