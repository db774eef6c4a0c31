"""Paths and accounts, asked of this very machine by a real sh, and read without trust."""

import grp
import os
import pwd
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyinfra.api.exceptions import FactProcessError

from deploy.facts.files import AccountState, PathInfo, PathState

ME = pwd.getpwuid(os.getuid())
GROUP = grp.getgrgid(os.getgid()).gr_name


def ask(command: str) -> list[str]:
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    return done.stdout.split("\n")[:-1] if done.stdout.endswith("\n") else done.stdout.split("\n")


@pytest.mark.parametrize("name", ["plain", "a b", "$(touch canary)", "it's", 'say "x"', "new\nline"])
@pytest.mark.parametrize("content", ["", "one\n", "one\n\n  two\n"])
def test_file_is_read_whole(tmp_path: Path, name: str, content: str) -> None:
    """Kind, mode, owner and text of any file, however it is called."""
    path = tmp_path / name
    path.write_text(content)
    path.chmod(0o640)
    fact = PathState()

    expected = PathInfo("regular file", "640", ME.pw_name, GROUP, content)
    assert expected == fact.process(ask(fact.command(str(path))))


def test_absent_path_is_an_answer(tmp_path: Path) -> None:
    """Nothing there is no error."""
    fact = PathState()

    assert fact.process(ask(fact.command(str(tmp_path / "none")))) is None


def test_folder_has_no_text(tmp_path: Path) -> None:
    """Only a regular file is read."""
    tmp_path.chmod(0o700)
    fact = PathState()

    expected = PathInfo("directory", "700", ME.pw_name, GROUP, "")
    assert expected == fact.process(ask(fact.command(str(tmp_path))))


def test_account_that_is_there() -> None:
    """Its group comes by name."""
    fact = AccountState()
    actual = fact.process(ask(fact.command(ME.pw_name)))

    assert actual is not None
    assert (GROUP, ME.pw_dir, ME.pw_shell) == (actual.group, actual.home, actual.shell)


def test_account_that_is_not_there() -> None:
    """getent's status 2 is an answer."""
    fact = AccountState()

    assert fact.process(ask(fact.command("nobody-such"))) is None


@given(st.lists(st.text(max_size=30), max_size=4))
def test_hostile_answers_end_one_host_at_most(lines: list[str]) -> None:
    """Whatever a node prints, a fact is a value or a FactProcessError; an empty answer too."""
    for fact in (PathState(), AccountState()):
        try:
            fact.process(lines)
        except FactProcessError:
            continue


@pytest.mark.parametrize("line", ["", "regular file|zz|root|root", "regular file|644|root", "stat: cannot stat"])
def test_an_answer_of_stat_that_is_none_fails_its_host(line: str) -> None:
    """A mode that is no number would otherwise end the run for every host, later."""
    with pytest.raises(FactProcessError, match="stat answered"):
        PathState().process([line])
