"""Building commands: other people's lines stay, converging twice changes nothing, and nothing escapes its quotes."""

import grp
import os
import pwd
import subprocess
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from deploy import shell_commands

# What a line of a text file may hold: everything but its end. A NUL is in no text file.
MARKS = (shell_commands.BEGIN, shell_commands.END)
LINE = st.text(st.characters(exclude_characters="\n\r\0", exclude_categories=["Cs"]), max_size=12).filter(
    lambda line: line not in MARKS
)
FILE = st.lists(LINE | st.sampled_from(["", *MARKS]), max_size=8).map("\n".join)
NAMES = st.dictionaries(st.sampled_from(["node1", "node2", "a-b"]), st.sampled_from(["10.0.0.1", "10.0.0.2"]))
HOSTS_LINE = st.sampled_from(
    ["", "# comment", "127.0.0.1 localhost", "127.0.1.1 node1", "10.0.0.9 node1 db # ours", "::1 ip6 node2", "10.0.0.9"]
)
HOSTILE = ["$(touch canary)", "`touch canary`", "'; touch canary; '", '"; touch canary; "', "a\ntouch canary\nb", "\\'"]
ME = pwd.getpwuid(os.getuid()).pw_name
MINE = grp.getgrgid(os.getgid()).gr_name


def sh(command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["sh", "-c", command], cwd=cwd, capture_output=True, text=True, check=False)


@given(FILE, st.lists(LINE, max_size=3))
@example("a\n\n\n", [])
@example("one\x0ctwo\x85three\u2028four", ["x"])
def test_block_is_added_once(text: str, lines: list[str]) -> None:
    """A second converge finds nothing to change."""
    once = shell_commands.with_block(text, lines)

    assert once == shell_commands.with_block(once, lines)


@given(st.lists(LINE, max_size=5), st.lists(LINE, max_size=3), st.lists(LINE, max_size=5))
def test_other_lines_stay(before: list[str], ours: list[str], after: list[str]) -> None:
    """Every line outside the block is still there, byte for byte and in order."""
    text = "\n".join([*before, shell_commands.BEGIN, *ours, shell_commands.END, *after, ""])

    assert before + after == shell_commands.without_block(text)


@given(st.lists(LINE, max_size=4), st.lists(LINE, max_size=4))
def test_block_left_open_takes_nothing_along(before: list[str], after: list[str]) -> None:
    """Without its end mark nobody knows how far the block went, so all lines stay."""
    text = "\n".join([*before, shell_commands.BEGIN, *after, ""])

    assert before + after == shell_commands.without_block(text)


def test_block_after_an_open_one_is_recognized() -> None:
    """Only the block that has both marks goes; what stands in the open one is not ours to take."""
    text = "\n".join(
        [shell_commands.BEGIN, "theirs", shell_commands.BEGIN, "ours", shell_commands.END, "theirs too", ""]
    )

    assert ["theirs", "theirs too"] == shell_commands.without_block(text)


def test_block_ends_the_file() -> None:
    """The marks stand around our lines, and the file ends with a line feed."""
    assert "theirs\n# BEGIN trueup\nours\n# END trueup\n" == shell_commands.with_block("theirs", ["ours"])


@given(st.lists(HOSTS_LINE, max_size=6).map("\n".join), NAMES)
@example("127.0.0.1 localhost\n\n\n", {})
def test_hosts_file_settles_at_once(text: str, entries: dict[str, str]) -> None:
    """The second converge finds the file as the first one left it."""
    once = shell_commands.hosts_file(text, own_name="node1", entries=entries)

    assert once == shell_commands.hosts_file(once, own_name="node1", entries=entries)


@given(st.lists(HOSTS_LINE, max_size=6), NAMES)
def test_hosts_file_keeps_what_is_not_ours(lines: list[str], entries: dict[str, str]) -> None:
    """A line that names no node of the fleet stays as it is."""
    ours = {"node1", *entries}
    theirs = [line for line in lines if not ours & set(line.partition("#")[0].split()[1:])]
    actual = shell_commands.hosts_file("\n".join([*lines, ""]), own_name="node1", entries=entries).split("\n")

    assert theirs == [line for line in actual[: actual.index(shell_commands.BEGIN)] if line in theirs]


def test_hosts_file_moves_a_name_to_its_address() -> None:
    """Debian's 127.0.1.1 line loses the node's name and keeps the rest, with its comment."""
    old = "127.0.0.1 localhost\n127.0.1.1 node1\n10.0.0.9 node2 db # data\n"
    actual = shell_commands.hosts_file(old, own_name="node1", entries={"node1": "10.0.0.1", "node2": "10.0.0.2"})

    assert (
        "127.0.0.1 localhost\n10.0.0.9 db # data\n"
        "# BEGIN trueup\n10.0.0.1 node1\n10.0.0.2 node2\n# END trueup\n" == actual
    )


@pytest.mark.parametrize("content", [*HOSTILE, "", "no end", "100 %s %d\\n\n", "-n\n", "\ttab é ☃\n"])
def test_file_gets_exactly_its_text(tmp_path: Path, content: str) -> None:
    """What a shell, printf or echo would expand arrives as it was written."""
    path = tmp_path / "file"
    done = sh(shell_commands.write_file(str(path), content, mode="640", user=ME, group=MINE), tmp_path)

    assert (0, "", content, 0o100640) == (done.returncode, done.stderr, path.read_text(), path.stat().st_mode)
    assert ["file"] == [each.name for each in tmp_path.iterdir()]


@given(content=st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"])))
@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_any_text_survives_the_shell(shell: str, content: str) -> None:
    """Quoting holds for every text, in Debian's sh and in bash, which is EL's."""
    # The part of write_file that meets the content; the whole is run above.
    printf = shell_commands.write_file("f", content, mode="600", user="u", group="g").split(" > f.trueup-new", 1)[0]
    done = subprocess.run([shell, "-c", printf], capture_output=True, check=True)

    assert content == done.stdout.decode()


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_path_stays_a_path(tmp_path: Path, name: str) -> None:
    """A path with quotes, substitutions and line feeds names one file and runs nothing."""
    path = tmp_path / name.replace("/", "")
    sh(shell_commands.write_file(str(path), "x", mode="600", user=ME, group=MINE), tmp_path)

    assert ["x"] == [each.read_text() for each in tmp_path.iterdir()]


def test_interrupted_write_leaves_the_old_file(tmp_path: Path) -> None:
    """When a later step fails the file still holds what it held."""
    path = tmp_path / "file"
    path.write_text("old")
    done = sh(shell_commands.write_file(str(path), "new", mode="600", user="nobody-such", group=MINE), tmp_path)

    assert (True, "old") == (done.returncode != 0, path.read_text())


@pytest.mark.parametrize("comment", ["node1", "a $(touch canary) 'b'"])
def test_key_pair_appears_whole(tmp_path: Path, comment: str) -> None:
    """Both halves are there under their own names, closed to others, and nothing else is left."""
    path = tmp_path / "id_ed25519"
    (tmp_path / "id_ed25519.trueup-new").write_text("half a key of a converge that died")
    command = shell_commands.generate_key(str(path), key_type="ed25519", comment=comment, user=ME, group=MINE)
    done = sh(command, tmp_path)

    assert (0, {"id_ed25519", "id_ed25519.pub"}) == (done.returncode, {each.name for each in tmp_path.iterdir()})
    assert (0o100600, comment) == (path.stat().st_mode, path.with_suffix(".pub").read_text().split(" ", 2)[2].strip())


def test_directory_gets_its_mode(tmp_path: Path) -> None:
    """An existing folder that is too open is closed."""
    (tmp_path / "d").mkdir(mode=0o777)
    done = sh(shell_commands.make_directory(str(tmp_path / "d"), mode="700", user=ME, group=MINE), tmp_path)

    assert (0, 0o40700) == (done.returncode, (tmp_path / "d").stat().st_mode)
