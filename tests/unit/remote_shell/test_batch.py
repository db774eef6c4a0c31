"""Questions asked ahead: the same answers as asked singly, and never one that is in doubt."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.remote_shell import Shell, batch
from trueup.remote_shell.target import Result
from trueup.remote_shell.testinfra_backend import as_testinfra_host

NONCE = "0123456789abcdef"


def answers(shell: Shell, *commands: str) -> batch.Results:
    """What was answered ahead."""
    found: batch.Results = {}
    for future in batch.submit(shell, commands, 30):
        found |= future.result(60)
    return found


@pytest.mark.parametrize(
    "command",
    [
        "test -e /etc/passwd",
        "test -d '/no such place'",
        "stat -Lc %a /etc",
        "cat -- /etc/passwd",
        "command -v sh",
        "uname -s",
        "ulimit -n",
        "getent passwd root",
        "id -u root",
        "grep -qs -- root /etc/passwd",
        "sha256sum /etc/passwd | cut -d ' ' -f 1",
        "dpkg-query -f '${Status}' -W dpkg",
        "dpkg-query -f '${Status} ${Version}' -W dpkg",
    ],
)
def test_an_answer_is_the_one_that_the_single_question_gets(shell: Shell, command: str) -> None:
    """Byte for byte, exit status included."""
    assert shell.run(command) == answers(shell, command, "uname -m")[command]


@pytest.mark.parametrize("command", ["cd /etc && pwd", "exit 3", "set -f; echo *", "echo 'two\nlines'", "x=1; echo $x"])
def test_what_a_check_vouches_for_leaves_the_others_as_they_are(shell: Shell, command: str) -> None:
    """Whatever it does to its shell, the next question is asked where the first one was."""
    found = answers(shell, command, "pwd", "echo /*")

    assert (shell.run(command), shell.run("pwd"), shell.run("echo /*")) == (
        found[command],
        found["pwd"],
        found["echo /*"],
    )


def test_thousands_of_questions_are_more_than_one_batch(shell: Shell) -> None:
    """An argument of sh holds 128 KiB, with what stands around each question."""
    commands = [f"test -e /{number}" for number in range(3000)]

    assert set(commands) == set(answers(shell, *commands))


@pytest.mark.parametrize("command", ["stat -Lc %a '/no such place'", "dpkg-query -f '${Status}' -W no-such-package"])
def test_what_says_anything_on_standard_error_runs_singly(shell: Shell, command: str) -> None:
    """Its text may name a line of the script."""
    assert {} == answers(shell, command)


@pytest.mark.parametrize(
    "command",
    [
        "touch /x",
        "cat /etc/passwd; touch /x",
        "cat $(touch /x)",
        "cat `touch /x`",
        "cat 'a'\"$(touch /x)\"",
        "test -e /x && touch /y",
        "cat /etc/passwd > /x",
        "cat /a /b",
        "cat\n/x",
        "command -v sh\ntouch /x",
        "ulimit -n 5",
        "systemctl stop ssh",
        "dpkg-query -f '${Status}' -W 'a*'",
        "id -u root &",
        "cat '\ud800'",
        "cat " + "x" * 9000,
        "find / -delete",
        "",
    ],
)
def test_only_what_reads_is_prefetched(command: str) -> None:
    """A command that may change something is run when its check is run, once."""
    assert not batch.is_read_only(command)


@given(st.lists(st.tuples(st.integers(0, 125), st.binary(max_size=40), st.binary(max_size=40))))
def test_a_batch_is_taken_apart_exactly(answers: list[tuple[int, bytes, bytes]]) -> None:
    """Whatever the answers hold, and whether or not they end with a newline."""
    results = [Result(rc, out, err) for rc, out, err in answers]
    out = b"".join(each.out + f"{NONCE}-{each.rc}\n".encode() for each in results)
    err = b"".join(each.err + f"{NONCE}\n".encode() for each in results)

    assert results == batch.split(Result(0, out, err), NONCE)
    assert results[:-1] == batch.split(Result(1, out[:-1], err), NONCE)


@given(st.text(alphabet=st.characters(exclude_characters="\0", codec="utf-8"), max_size=30))
def test_a_probe_is_one_command_of_one_word(text: str) -> None:
    """What passes as a look is read by sh as the program and its words, and as nothing else."""
    command = f"cat -- {text}"
    if batch.is_read_only(command):
        done = subprocess.run(["sh", "-c", f"set -f; printf '%s\\n' {command}"], capture_output=True, check=True)

        assert 3 == len(done.stdout.splitlines()), text


def test_a_check_s_own_change_is_visible_to_it(shell: Shell, tmp_path: Path) -> None:
    """What came ahead is good until the check sends something else."""
    host = as_testinfra_host(shell)
    file = tmp_path / "file"

    def check() -> bool:
        return bool(host.file(str(file)).exists)

    while host.backend.find_command(check):
        for future in host.backend.send_pending(30):
            host.backend.keep_results(future.result(30))
    host.backend.start_check()
    before, sent = check(), shell.sent
    file.touch()
    still, unsent = check(), shell.sent
    host.run("touch %s", str(file))

    assert (False, False, sent, True) == (before, still, unsent, check())


def test_a_rehearsal_runs_no_command_that_may_change_something(shell: Shell, tmp_path: Path) -> None:
    """It stops before the first one."""
    host = as_testinfra_host(shell)

    assert not host.backend.find_command(lambda: host.run("touch %s", str(tmp_path / "made")))
    assert (False, []) == ((tmp_path / "made").exists(), host.backend.send_pending(30))
