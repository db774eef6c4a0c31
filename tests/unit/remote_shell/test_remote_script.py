"""The script text that a node is sent."""

import shlex
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.remote_shell.remote_script import COMMAND_LIMIT, boot, check, frame


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


@pytest.mark.parametrize("sudo", [False, True])
def test_the_boot_command_is_one_quoted_word_for_any_login_shell(sudo: bool) -> None:
    """csh and fish parse it as sh does: one line, and no history's mark."""
    text = boot("ab", sudo=sudo)

    assert ["exec", "sh", "-c"] == shlex.split(text)[:-1]
    assert ("\n" not in text, "!" not in text) == (True, True)


# sudo as it comes: it asks nothing, and clears the environment (sudoers(5), env_reset, secure_path).
SUDO = '#!/bin/sh\n[ "$1 $2" = "-n -H" ] && shift 2 && exec env -i HOME=/root PATH=/secure:/usr/bin:/bin "$@"\n'


@pytest.mark.parametrize("value", ["/usr/local/cuda", "a b  c", "$(echo no) `echo no` * '\"", "-ccbin=/usr/bin/g++-11"])
def test_sudo_leaves_what_decides_how_programs_are_loaded_and_compiled(tmp_path: Path, value: str) -> None:
    """A rank is started over ssh: what sudo makes of the environment is nobody's but the looker's."""
    (tmp_path / "sudo").write_text(SUDO)
    (tmp_path / "sudo").chmod(0o755)
    given = {"PATH": f"{tmp_path}:/usr/bin:/bin", "CUDA_HOME": value, "TOKEN": "secret", "HOME": "/home/ops"}
    ask = b'printf "%s|" "$PATH" "$CUDA_HOME" "${TOKEN-none}" "$HOME" "$#"\n'
    done = subprocess.run(["sh", "-c", boot("ab", sudo=True)], env=given, input=ask, capture_output=True, check=True)
    said = done.stdout.decode().split("\nab\n")[1]

    assert f"{given['PATH']}:/secure:/usr/bin:/bin|{value}|none|/root|0|" == said
