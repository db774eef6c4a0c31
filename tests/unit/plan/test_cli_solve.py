"""The command solve, without a node."""

import json
from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner, Result

from trueup.plan import cli

Write = Callable[..., Path]


def run(command: str, inventory: Path, *options: str) -> Result:
    chosen = {"plan": cli.plan, "solve": cli.solve}[command]
    return CliRunner().invoke(chosen, ["--inventory", str(inventory), *options])


def test_solve_gives_a_profile_to_paste(inventory: Write, answering: None) -> None:
    """Its reasons are comments, so that the whole output can be pasted."""
    found = run("solve", inventory("guide"))

    assert 0 == found.exit_code
    compile(found.stdout, "pasted", "exec")
    assert '"torch": "2.14.1"' in found.stdout
    assert "# torch 2.15.0 is out of reach:" in found.stdout


def test_solve_names_the_conflict(inventory: Write) -> None:
    """Exit status 2, and the smallest set of wishes and nodes."""
    found = run("solve", inventory("guide", distro="rocky-9"), "--offline", "--json", "--torch", ">=2.15")
    document = json.loads(found.stdout)

    assert 2 == found.exit_code
    assert ["--torch '>=2.15'", "n2 (v100s-pcie-32gb on rocky-9)"] == document["conflict"]


def test_every_bad_wish_is_reported(inventory: Write) -> None:
    """Both are named in one run."""
    found = run("solve", inventory("guide", distro="rocky-9"), "--offline", "--torch", "new", "--python", "?")

    assert 2 == found.exit_code
    assert "--torch 'new'" in found.output
    assert "--python '?'" in found.output


def test_keeping_a_driver_needs_one(inventory: Write) -> None:
    """Nothing is known of a driver that was neither declared nor probed."""
    found = run("solve", inventory("guide", distro="rocky-9"), "--offline", "--keep-driver")

    assert 2 == found.exit_code
    assert 'set "driver" in the inventory' in found.output
