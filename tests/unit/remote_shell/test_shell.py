"""One long-lived sh, on every kind of sh that a node may have."""

import os
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trueup.remote_shell.errors import ConnectionLost, DeadlineExceeded
from trueup.remote_shell.shell import Shell
from trueup.remote_shell.target import Result
from trueup.remote_shell.transport import LocalTransport

FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def alive(word: str) -> bool:
    """Whether any process has this word on its command line."""
    found = Path("/proc").glob("[0-9]*/cmdline")
    return any(word.encode() in read(path).split(b"\0") for path in found)


def left(*words: str) -> list[str]:
    """Those that still run after two seconds: on a busy machine who was killed needs a moment to end, not a minute."""
    end = time.monotonic() + 2
    while (found := [word for word in words if alive(word)]) and time.monotonic() < end:
        time.sleep(0.05)
    return found


def read(path: Path) -> bytes:
    """A file of /proc; its process may end meanwhile."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def naps(count: int) -> list[str]:
    """Durations for `sleep` that no other test has: over a minute, told apart by this process."""
    return [f"6{number}.{os.getpid()}{time.monotonic_ns()}" for number in range(count)]


def octal(data: bytes) -> str:
    """The bytes as printf's operand."""
    return "".join(f"\\{code:03o}" for code in data)


@FEW
@given(out=st.binary(max_size=200), err=st.binary(max_size=200), rc=st.integers(0, 255))
def test_any_output_and_status_come_back_exactly(shell: Shell, out: bytes, err: bytes, rc: int) -> None:
    """Both streams are exact: NUL, no newline at the end, no UTF-8."""
    found = shell.run(f"printf '{octal(out)}'; printf '{octal(err)}' >&2; exit {rc}")

    assert Result(rc, out, err) == found


def test_begun_command_is_sent_once(shell: Shell, tmp_path: Path) -> None:
    """Whoever asks the same next gets that answer; whoever asks again, or otherwise, asks anew."""
    log = tmp_path / "log"
    command = f"cat >>{log}; wc -l <{log}"
    shell.prefetch(command, stdin=b"x\n")
    shell.run("true")

    assert "x\n" == log.read_text()
    found = [shell.run(command, stdin=data).text.strip() for data in (b"y\n", b"x\n", b"x\n")]
    assert ["2", "1", "3"] == found


@FEW
@given(data=st.binary(max_size=5000))
def test_standard_input_arrives_exactly(shell: Shell, data: bytes) -> None:
    """A probe's code and its data travel this way."""
    assert data == shell.run("cat", stdin=data).out


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("cat; echo end", Result(0, b"end\n", b"")),
        ("exec 1>&- 2>&-; exit 4", Result(4, b"", b"")),
        ("exit 7", Result(7, b"", b"")),
        ("kill -9 $$", Result(137, b"", b"")),
        ("printf '%s' \"it's\"", Result(0, b"it's", b"")),
        ("", Result(0, b"", b"")),
        ("# nothing", Result(0, b"", b"")),
        ("echo a\necho b", Result(0, b"a\nb\n", b"")),
        ("trap 'echo bye' EXIT; set -e; false", Result(1, b"bye\n", b"")),
        ("echo $((1+1)) \\\\ '!'", Result(0, b"2 \\ !\n", b"")),
    ],
)
def test_an_awkward_command_does_what_it_does_over_plain_ssh(shell: Shell, command: str, expected: Result) -> None:
    """And the shell is in order afterwards."""
    assert expected == shell.run(command)
    assert b"fine\n" == shell.run("echo fine").out


def test_a_syntax_error_is_the_command_s_only(shell: Shell) -> None:
    """An open quote must not swallow the frames behind it."""
    found = [future.result() for future in [shell.submit("echo 'open"), shell.submit("echo next")]]

    assert found[0].rc != 0
    assert b"" != found[0].err
    assert Result(0, b"next\n", b"") == found[1]


def test_answers_keep_their_order(shell: Shell) -> None:
    """Many commands may be sent before the first answer is read."""
    futures = [shell.submit(f"echo {number}") for number in range(50)]

    assert [b"%d\n" % number for number in range(50)] == [future.result().out for future in futures]


def test_nothing_of_one_command_reaches_the_next(shell: Shell) -> None:
    """Variables, folder and umask are each command's own."""
    shell.run("cd /usr; umask 077; HELLO=1; export HELLO")
    found = shell.run('echo "$HELLO"; test "$PWD" = /usr; echo $?')

    assert b"\n1\n" == found.out


@pytest.mark.parametrize("start", ["(sleep 0.3; echo LATE) &", "setsid sh -c 'sleep 0.3; echo LATE' &"])
def test_a_process_left_behind_spoils_no_later_answer(shell: Shell, start: str) -> None:
    """Its late output belongs to nobody."""
    first = shell.run(f"{start} echo now")
    second = shell.run("sleep 0.6; echo next")

    assert (b"now\n", b"next\n") == (first.out, second.out)


def test_a_daemon_outlives_the_shell(transport: LocalTransport) -> None:
    """As it does over plain ssh: converge may start one."""
    nap = "4." + naps(1)[0].partition(".")[2]
    with Shell.over(transport) as shell:
        shell.run(f"env sleep {nap} >/dev/null 2>&1 & sleep 0.2")

    assert alive(nap)


def test_a_deadline_kills_the_command_and_its_children(shell: Shell) -> None:
    """Also children that left for a session of their own; what was sent behind it still runs."""
    first, second, third = naps(3)
    late = shell.submit(f"(env sleep {first} &); setsid sleep {second} & env sleep {third}", timeout=0.3)
    after = shell.submit("echo after")

    with pytest.raises(DeadlineExceeded, match=rf"env sleep {first}.*within 0\.3 s"):
        late.result()
    assert b"after\n" == after.result().out
    assert [] == left(first, second, third)


def test_a_command_that_kills_the_shell_is_named(shell: Shell) -> None:
    """Its outcome is not known; the commands behind it run in a new shell."""
    killer = shell.submit("kill -9 $PPID; sleep 0.2")
    after = shell.submit("echo after")

    with pytest.raises(ConnectionLost, match=r"kill -9 \$PPID"):
        killer.result()
    assert b"after\n" == after.result().out


def test_a_hundred_megabytes_come_back(shell: Shell) -> None:
    """Both streams at once, without either blocking the other."""
    found = shell.run("head -c 100000000 /dev/zero; head -c 3000000 /dev/zero >&2")

    assert (100_000_000, 3_000_000) == (len(found.out), len(found.err))


def test_output_is_heard_while_the_command_runs(shell: Shell) -> None:
    """`pyinfra -v` shows a long installation as it goes."""
    heard: list[float] = []
    shell.run("printf '%0200d\\n' 1; sleep 0.5; echo", on_output=lambda _stream, _data: heard.append(time.monotonic()))

    assert heard[-1] - heard[0] > 0.3


def test_closing_ends_what_runs(transport: LocalTransport) -> None:
    """Nothing of a closed shell stays on the node."""
    shell, nap = Shell.over(transport), naps(1)[0]
    future = shell.submit(f"sleep {nap}")
    time.sleep(0.3)
    shell.close()

    with pytest.raises(ConnectionLost, match="closed"):
        future.result()
    assert not alive(nap)
