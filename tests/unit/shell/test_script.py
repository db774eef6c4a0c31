"""The script text that a node is sent."""

import shlex
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.shell.script import COMMAND_LIMIT, boot, check, frame


@pytest.mark.parametrize("bad", ["echo a\0b", "x" * (COMMAND_LIMIT + 1)])
def test_a_command_that_sh_cannot_carry_is_refused(bad: str) -> None:
    """It would be cut short, or fail on the node with a riddle."""
    with pytest.raises(ValueError, match="stdin"):
        check(bad)


def test_the_longest_command_is_carried() -> None:
    """The limit is the kernel's, not ours."""
    longest = "x" * COMMAND_LIMIT

    assert longest == check(longest)


@given(st.binary(max_size=300))
def test_standard_input_survives_its_way_through_the_script(data: bytes) -> None:
    """Whatever a program is fed, it reads byte for byte."""
    text = frame("cat", "0" * 16, data).split(b"; (exec")[0].split(b"; ", 1)[1]
    feed = text[: text.rindex(b" | ")] if b" | (exec" in text else text.split(b" | (exec")[0]
    found = subprocess.run(["sh", "-c", feed], capture_output=True, check=True).stdout

    assert data == found


def test_the_boot_command_is_one_quoted_word_for_any_login_shell() -> None:
    """csh and fish parse it as sh does: one line, no quote inside the quotes."""
    words = shlex.split(boot("ab", sudo=True))

    assert ["exec", "sudo", "-n", "-H", "sh", "-c"] == words[:-1]
    assert "\n" not in boot("ab")
