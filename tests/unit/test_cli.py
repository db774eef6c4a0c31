"""The command `trueup`: its entries are entry points, each loaded when it is called."""

import subprocess
import sys
from importlib.metadata import EntryPoint, EntryPoints, PackageNotFoundError, distribution, entry_points
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from trueup import cli

GOOD = EntryPoint("good", "tests.unit.test_cli:good", "trueup.commands")
BROKEN = EntryPoint("broken", "tests.unit.nowhere:nothing", "trueup.commands")
EXTRA = EntryPoint("extra", "tests.unit.test_cli:good [mirror]", "trueup.commands")
HEAVY = ("aiohttp", "asyncssh", "jinja2", "pyinfra", "rattler", "sqlalchemy", "torch")


@click.command()
def good() -> None:
    """Says so."""
    click.echo("good")


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Three commands, one of which cannot be loaded, and no checkout."""
    monkeypatch.setattr(cli, "entry_points", EntryPoints([GOOD, BROKEN, EXTRA]).select)
    monkeypatch.setattr(cli, "ROOT", tmp_path)


def test_command_runs() -> None:
    """By its entry point's name."""
    done = CliRunner().invoke(cli.main, ["good"])

    assert (0, "good\n") == (done.exit_code, done.output)


def test_one_broken_command_breaks_no_other() -> None:
    """It is loaded only when it is asked for."""
    done = CliRunner().invoke(cli.main, ["broken"])

    assert isinstance(done.exception, ImportError)
    assert 0 == CliRunner().invoke(cli.main, ["good", "--help"]).exit_code


def test_unknown_command_is_refused() -> None:
    """Status 2, and the word that was not understood."""
    done = CliRunner().invoke(cli.main, ["goood"])

    assert (2, True) == (done.exit_code, "goood" in done.output)


def test_menu_is_sorted() -> None:
    """Each name once."""
    assert ["broken", "extra", "good"] == cli.main.list_commands(click.Context(cli.main))


def test_a_missing_package_names_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line and status 2, never an ImportError from a library."""

    def without_rattler(name: str) -> object:
        if name == "py-rattler":
            raise PackageNotFoundError(name)
        return distribution(name)

    monkeypatch.setattr(cli, "distribution", without_rattler)
    done = CliRunner().invoke(cli.main, ["extra"])

    assert done.output == "Error: trueup extra needs py-rattler; run: pip install 'trueup[mirror]'\n"
    assert done.exit_code == 2


def test_a_command_with_its_extra_runs() -> None:
    """Every package of the extra is installed here."""
    done = CliRunner().invoke(cli.main, ["extra"])

    assert (done.exit_code, done.output) == (0, "good\n")


@pytest.mark.parametrize("point", entry_points(group="trueup.commands"), ids=lambda point: point.name)
def test_every_installed_command_loads(point: EntryPoint) -> None:
    """What pyproject.toml declares is there."""
    assert isinstance(point.load(), click.Command)


def test_a_checkout_adds_its_own_commands(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The table of its pyproject.toml; a wheel lies beside none."""
    (tmp_path / "pyproject.toml").write_text('[tool.trueup.commands]\nmore = "more_commands:more"\n')
    (tmp_path / "more_commands.py").write_text(
        'import click\n\n\n@click.command()\ndef more() -> None:\n    """Say more."""\n    click.echo("more")\n'
    )
    monkeypatch.setattr("sys.path", [*sys.path])
    listed, done = CliRunner().invoke(cli.main, ["--help"]), CliRunner().invoke(cli.main, ["more"])

    assert ("Say more." in listed.output, done.output) == (True, "more\n")


def test_the_menu_loads_no_command(tmp_path: Path) -> None:
    """From any folder; a checkout's own commands are listed with the others."""
    code = (
        "import sys\nfrom trueup.cli import main\nmain(['--help'], standalone_mode=False)\n"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    shown = {line.split()[0] for line in done.stdout.partition("Commands:")[2].splitlines() if line.strip()}

    assert done.stdout.endswith("\n[]\n")
    assert shown >= {"allreduce", "drift", "lab", "mirror", "plan", "solve"}
