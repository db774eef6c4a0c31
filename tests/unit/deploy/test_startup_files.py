"""Start-up files: what is taken out, what is left and named, and our own blocks."""

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.startup_files import TAKEN_OUT, Kind, marked, path_with, profile, without_settings


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("shell", "export LD_LIBRARY_PATH=/usr/local/cuda-11.4/lib64:$LD_LIBRARY_PATH"),
        ("shell", '  export LD_LIBRARY_PATH="/opt/my libs:$HOME/lib"  # for the simulator'),
        ("shell", "LD_LIBRARY_PATH=/opt/old; export LD_LIBRARY_PATH"),
        ("shell", "export LD_LIBRARY_PATH"),
        ("shell", "declare -x LD_PRELOAD=/opt/old/libcublas.so.11"),
        ("shell", "LD_LIBRARY_PATH+=:/opt/old"),
        ("pairs", "LD_LIBRARY_PATH=/opt/old"),
        ("pairs", 'LD_PRELOAD="/opt/old/libcublas.so.11"'),
        ("pam", "LD_LIBRARY_PATH DEFAULT=/opt/old"),
        ("systemd", "DefaultEnvironment=LD_LIBRARY_PATH=/opt/old"),
        ("systemd", 'DefaultEnvironment="LD_LIBRARY_PATH=/opt/old"'),
        ("sshd", "SetEnv LD_LIBRARY_PATH=/opt/old"),
    ],
)
def test_line_that_does_nothing_else_is_taken_out(kind: Kind, line: str) -> None:
    """Nothing is lost with it; what it said stays readable."""
    cleaned = without_settings(f"before\n{line}\nafter\n", kind)
    middle = cleaned.text.split("\n")[1]

    assert ((), True, True) == (cleaned.left, TAKEN_OUT in middle, line.strip() in middle)


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("shell", "[ -d /opt/old ] && export LD_LIBRARY_PATH=/opt/old"),
        ("shell", "export LD_LIBRARY_PATH=$(find-libraries)"),
        ("shell", "export PATH=/opt/bin:$PATH LD_LIBRARY_PATH=/opt/old"),
        ("shell", "export LD_LIBRARY_PATH=/opt/old:\\"),
        ("systemd", "DefaultEnvironment=A=1 LD_LIBRARY_PATH=/opt/old"),
    ],
)
def test_line_that_does_more_is_named_and_left(kind: Kind, line: str) -> None:
    """Nobody cuts a command that he does not understand."""
    cleaned = without_settings(f"before\n{line}\nafter\n", kind)

    assert (f"before\n{line}\nafter\n", ((2, line),)) == (cleaned.text, cleaned.left)


@pytest.mark.parametrize(
    "line",
    [
        "# export LD_LIBRARY_PATH=/opt/old",
        "LD_LIBRARY_PATH=/opt/old /opt/bin/simulator",
        "alias simulator='LD_LIBRARY_PATH=/opt/old simulator'",
        "unset LD_LIBRARY_PATH",
        'echo "$LD_LIBRARY_PATH"',
    ],
)
def test_line_that_sets_nothing_is_left_in_peace(line: str) -> None:
    """A single command's environment is its own affair."""
    assert (line, ()) == (without_settings(line, "shell").text, without_settings(line, "shell").left)


@given(st.text(alphabet="aLD_IBRYPTH=:/; \n#exportELO\"'$&", max_size=200))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    """A converged node has nothing to mend."""
    once = without_settings(text, "shell").text

    assert once == without_settings(once, "shell").text


def test_shell_still_reads_a_block_that_lost_its_only_line() -> None:
    """An empty if would be a syntax error in somebody's .bashrc."""
    cleaned = without_settings("if true; then\n    export LD_LIBRARY_PATH=/opt/old\nfi\necho ok\n", "shell").text
    actual = subprocess.run(["sh", "-c", cleaned], capture_output=True, text=True, check=True, timeout=10)

    assert "ok\n" == actual.stdout


@given(st.text(alphabet="ab #\n", max_size=80), st.lists(st.sampled_from(["A=1", "B=2"]), max_size=3))
def test_block_is_replaced_never_repeated(text: str, lines: list[str]) -> None:
    """However often a node is converged."""
    once = marked(text, "cuda", lines)

    assert once == marked(once, "cuda", lines)


def test_blocks_of_two_components_live_side_by_side() -> None:
    """cuda and nccl write to the same file."""
    both = marked(marked("X=1\n", "cuda", ["A=1"]), "nccl", ["B=2"])

    assert (both, both) == (marked(both, "cuda", ["A=1"]), marked(both, "nccl", ["B=2"]))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "/c/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
        ('PATH="/a:/b"\n', "/c/bin:/a:/b"),
        ("PATH=/c/bin:/a\n", "/c/bin:/a"),
        ("PATH=/a\n# BEGIN trueup cuda\nPATH=/c/bin:/z\n# END trueup cuda\n", "/c/bin:/a"),
    ],
)
def test_path_begins_with_the_toolkit(text: str, expected: str) -> None:
    """What the file had before stays behind it; our own block does not count."""
    assert expected == path_with("/c/bin", text)


def test_profile_adds_its_folder_once() -> None:
    """A shell in a shell in a shell reads it three times."""
    text = profile("/c/bin", {"CUDA_HOME": "/c"})
    command = f'{text}{text}echo "$CUDA_HOME $PATH"'
    actual = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, env={"PATH": "/a"}, check=True)

    assert "/c /c/bin:/a\n" == actual.stdout
