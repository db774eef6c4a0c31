"""The command `trueup`: its entries come from whoever installs them, and are loaded when asked for."""

import subprocess
import sys
from importlib.metadata import EntryPoint, EntryPoints

import click
import pytest
from click.testing import CliRunner

from trueup import cli

GOOD = EntryPoint("good", "tests.unit.test_cli:good", "trueup.commands")
BROKEN = EntryPoint("broken", "tests.unit.nowhere:nothing", "trueup.commands")
EXTRA = EntryPoint("extra", "tests.unit.nowhere:nothing [mirror]", "trueup.commands")
ABSENT = EntryPoint("absent", "no_such_package.cli:nothing", "trueup.commands")


@click.command()
def good() -> None:
    """Says so."""
    click.echo("good")


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two commands, one of which cannot be loaded."""
    monkeypatch.setattr(cli, "entry_points", EntryPoints([GOOD, BROKEN, EXTRA, ABSENT]).select)


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


def test_a_missing_extra_is_named() -> None:
    """An operator without drift or the mirror reads what to install."""
    done = CliRunner().invoke(cli.main, ["extra"])

    assert (1, True) == (done.exit_code, "pip install 'trueup[mirror]'" in done.output)


def test_a_command_without_its_package_is_unknown() -> None:
    """The lab's entry point is in the wheel's metadata; the lab is not."""
    assert 2 == CliRunner().invoke(cli.main, ["absent"]).exit_code


def test_menu_is_sorted() -> None:
    """Each name once."""
    assert ["broken", "extra", "good"] == cli.main.list_commands(click.Context(cli.main))


def test_every_installed_command_loads() -> None:
    """What pyproject.toml declares is there, and says what it does."""
    done = subprocess.run(
        [sys.executable, "-c", "from trueup.cli import main; main()", "--help"],
        capture_output=True,
        text=True,
        check=False,
    )
    shown = [line.split()[0] for line in done.stdout.partition("Commands:")[2].splitlines() if line.strip()]

    assert (0, True) == (done.returncode, {"allreduce", "lab", "mirror", "plan", "solve"} <= set(shown))


def test_importing_the_menu_is_quick() -> None:
    """No sub-command's libraries are loaded with it."""
    heavy = ("asyncssh", "pyinfra", "torch", "aiohttp", "rattler")
    code = f"import sys, trueup.cli; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "[]\n" == done.stdout
