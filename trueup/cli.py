"""The command `trueup`: a menu whose entries are the entry points of the group trueup.commands."""

from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec

import click


class Menu(click.Group):
    """Sub-commands are entry points, so that lab/ can add its own without being imported by trueup."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the sub-commands whose package is installed; a wheel declares the lab's and lacks its code."""
        points = entry_points(group="trueup.commands")
        return sorted({point.name for point in points if find_spec(point.module.partition(".")[0])})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the sub-command of that name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        (point, *_) = entry_points(group="trueup.commands", name=cmd_name)
        return _load(point)


def _load(point: EntryPoint) -> click.Command:
    try:
        command: click.Command = point.load()
    except ModuleNotFoundError as error:
        if not point.extras:
            raise
        extra = ",".join(point.extras)
        raise click.ClickException(
            f"`trueup {point.name}` needs {error.name}, which is not installed: pip install 'trueup[{extra}]'"
        ) from error
    return command


@click.group(cls=Menu, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="trueup")
def main() -> None:
    """Bring a fleet of GPU nodes to one declared state, and prove that it is there."""
