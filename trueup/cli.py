"""The command `trueup`: a menu whose entries are the entry points of the group trueup.commands."""

import ast
import sys
import tomllib
from importlib.metadata import EntryPoint, EntryPoints, PackageNotFoundError, distribution, entry_points, requires
from pathlib import Path

import click
from packaging.requirements import Requirement

GROUP = "trueup.commands"
# Of an editable install: the checkout. Of a wheel: site-packages, which has no pyproject.toml.
ROOT = Path(__file__).parents[1]


class MissingExtra(click.ClickException):
    """A command whose packages are not installed; the message names the extra that brings them."""

    exit_code = 2


def checkout_commands() -> EntryPoints:
    """Read the commands that a checkout adds to its editable install: [tool.trueup.commands]."""
    file = ROOT / "pyproject.toml"
    if not file.is_file():
        return EntryPoints(())
    table = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {}).get("trueup", {}).get("commands", {})
    return EntryPoints(EntryPoint(name, value, GROUP) for name, value in table.items())


def missing_packages(extra: str) -> list[str]:
    """List the packages of one extra of trueup that are not installed."""
    missing = []
    for requirement in map(Requirement, requires("trueup") or ()):
        marker = requirement.marker
        if marker is None or marker.evaluate({"extra": ""}) or not marker.evaluate({"extra": extra}):
            continue
        try:
            distribution(requirement.name)
        except PackageNotFoundError:
            missing.append(requirement.name)
    return missing


def summary(point: EntryPoint) -> str:
    """Return the first line of a command's docstring, from its text: an import would load its libraries."""
    file = ROOT.joinpath(*point.module.split(".")).with_suffix(".py")
    if file.is_file():
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name == point.attr:
                return (ast.get_docstring(node) or "").partition("\n")[0]
    return ""


class Menu(click.Group):
    """Sub-commands are entry points, each loaded when it is called."""

    def points(self) -> dict[str, EntryPoint]:
        """Map the name of each sub-command to its entry point; what is installed wins over the checkout."""
        return {point.name: point for point in (*checkout_commands(), *entry_points(group=GROUP))}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the names of all sub-commands."""
        return sorted(self.points())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the sub-command of that name.

        Raises:
            MissingExtra: packages that it needs are not installed.
        """
        point = self.points().get(cmd_name)
        if point is None:
            return None
        for extra in point.extras:
            if missing := missing_packages(extra):
                raise MissingExtra(f"trueup {cmd_name} needs {', '.join(missing)}; run: pip install 'trueup[{extra}]'")
        if str(ROOT) not in sys.path:
            sys.path.append(str(ROOT))  # where a checkout's own commands lie
        command: click.Command = point.load()
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of sub-commands without importing one."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary(point)) for name, point in sorted(self.points().items())])


@click.group(cls=Menu, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="trueup")
def main() -> None:
    """Bring a fleet of GPU nodes to one declared state, and prove that it is there."""
