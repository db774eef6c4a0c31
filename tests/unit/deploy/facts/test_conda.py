"""What stands at a conda prefix, asked by a real sh of folders made for it."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy import shell_commands
from deploy.facts.conda import CondaBase, EnvPython


def program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def answer(fact: CondaBase | EnvPython, command: str) -> str:
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    return fact.process(done.stdout.splitlines())


def good(prefix: Path) -> None:
    program(prefix / "bin/conda", "echo conda 23.7.4")


def broken(prefix: Path) -> None:
    program(prefix / "bin/conda", "exit 1")
    (prefix / "conda-meta").mkdir()


def unpacked(prefix: Path) -> None:
    (prefix / "pkgs").mkdir(parents=True)


def marked(prefix: Path) -> None:
    good(prefix)
    Path(shell_commands.installing_mark(str(prefix))).write_text("")


def somebodys(prefix: Path) -> None:
    (prefix / "data").mkdir(parents=True)


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda prefix: None, "absent"),
        (Path.mkdir, "absent"),
        (good, "conda 23.7.4"),
        (broken, "half"),
        (unpacked, "half"),
        (marked, "half"),
        (somebodys, "foreign"),
    ],
)
def test_base_is_classified(tmp_path: Path, make: Callable[[Path], None], expected: str) -> None:
    """A good base is kept, a half one redone, and a folder of somebody's is never touched."""
    prefix = tmp_path / "an 'odd' $(prefix)"
    make(prefix)
    fact = CondaBase()

    assert expected == answer(fact, fact.command(str(prefix)))


@pytest.mark.parametrize(
    ("python", "file", "expected"),
    [
        ("exit 0", "conda-meta/history", "conda, not started"),
        ("exit 1", "conda-meta/history", "half"),
        ("exit 0", "etc/data", "foreign"),
    ],
)
def test_quick_plan_starts_no_conda(tmp_path: Path, python: str, file: str, expected: str) -> None:
    """Its Python answers, in a folder that has conda's own history."""
    prefix = tmp_path / "an 'odd' $(prefix)"
    program(prefix / "bin/conda", "exit 1")
    program(prefix / "bin/python", python)
    program(prefix / file, "")
    fact = CondaBase()

    assert expected == answer(fact, fact.command(str(prefix), quick=True))


@pytest.mark.parametrize(
    ("python", "mark", "expected"),
    [
        (None, False, "absent"),
        ("echo 3.11.2", False, "3.11.2"),
        ("exit 1", False, "half"),
        ("echo 3.11.2", True, "half"),
        (None, True, "half"),
    ],
)
def test_environment_is_classified(tmp_path: Path, python: str | None, mark: bool, expected: str) -> None:
    """The mark of a creation that broke off outweighs an interpreter that answers."""
    (tmp_path / "envs").mkdir()
    if python:
        program(tmp_path / "envs/dis/bin/python", python)
    if mark:
        Path(shell_commands.creating_mark(str(tmp_path), "dis")).write_text("")
    fact = EnvPython()

    assert expected == answer(fact, fact.command(str(tmp_path), "dis"))
