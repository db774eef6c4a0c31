"""The shell over a real sshd: logins that greet strangely, host keys, a lost connection, MaxSessions 1."""

import os
import pickle
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from tests.unit.remote_shell.sshd import Sshd
from trueup.remote_shell import (
    ConnectionLost,
    DeadlineExceeded,
    HostKeyRefused,
    NotAShell,
    Result,
    Shell,
    ShellError,
    Unreachable,
    connect_all,
)

DISCONNECT = r"""
printf partial; p=$$
while read -r s </proc/$p/stat; do set -- ${s##*) }; q=$2
 case "$s" in *"(sshd"*) kill -9 $p; sleep 9;; esac; p=$q; done
"""


@pytest.mark.parametrize("login", ["plain", "noisy"])
def test_a_banner_and_a_noisy_start_up_file_spoil_nothing(sshd: Sshd, login: str) -> None:
    """Many sites print a warning on every login."""
    with Shell(sshd.target(login)) as shell:
        found = shell.run("printf a; printf b >&2; exit 3")

    assert Result(3, b"a", b"b") == found


@pytest.mark.parametrize(
    ("login", "said"),
    [
        ("false", "status 1"),
        ("forced", "backups only"),
        ("silent", "no answer within 3 s"),
        ("restricted", "restricted"),
    ],
)
def test_a_login_without_a_shell_is_named(sshd: Sshd, login: str, said: str) -> None:
    """The error says what the login did instead, and where to look."""
    with pytest.raises(NotAShell, match=f"{login}: start a shell: .*{said}.*authorized_keys"):
        Shell(sshd.target(login), connect_timeout=3 if login == "silent" else 30)


def test_ssh_config_cannot_switch_verification_off(sshd: Sshd) -> None:
    """`UserKnownHostsFile none` means "nothing is pinned" to OpenSSH, and so it does here."""
    config = sshd.home / "lax"
    config.write_text("Host *\n  UserKnownHostsFile none\n  StrictHostKeyChecking no\n")
    target = replace(sshd.target(), known_hosts=None, config_file=str(config))

    with pytest.raises(HostKeyRefused):
        Shell(target)


def test_the_whole_fleet_is_tried_and_each_node_has_its_verdict(sshd: Sshd) -> None:
    """One dead node hides nobody."""
    dead = replace(sshd.target(), name="dead", port=1)
    found = connect_all([sshd.target(), dead, sshd.target("false")], timeout=30)
    kinds = {name: type(each) for name, each in found.items()}
    for each in found.values():
        if isinstance(each, Shell):
            each.close()

    assert {"plain": Shell, "dead": Unreachable, "false": NotAShell} == kinds


def test_ssh_config_names_the_node(sshd: Sshd) -> None:
    """Alias, port, user, key, known hosts and ProxyCommand are the user's own."""
    target = sshd.target()
    helper = sshd.home / "carry.py"
    helper.write_text(
        "import os, socket, sys, threading\n"
        "s = socket.create_connection((sys.argv[1], int(sys.argv[2])))\n"
        "def up():\n    while d := os.read(0, 65536): s.sendall(d)\n"
        "threading.Thread(target=up, daemon=True).start()\n"
        "while d := s.recv(65536): os.write(1, d)\n"
    )
    config = sshd.home / "config"
    config.write_text(
        f"Host gpu7\n  HostName 127.0.0.1\n  Port {sshd.port}\n  User {target.user}\n  IdentityFile {target.key}\n"
        f"  UserKnownHostsFile {target.known_hosts}\n  ProxyCommand {sys.executable} {helper} %h %p\n"
    )
    alias = replace(target, hostname="gpu7", port=22, user=None, key=None, known_hosts=None, config_file=str(config))
    with Shell(alias) as shell:
        found = shell.run("echo here").out

    assert b"here\n" == found


def test_a_connection_lost_in_mid_frame_is_named(sshd: Sshd) -> None:
    """Half an answer is no answer; what is asked later says so at once."""
    shell = Shell(sshd.target())
    with pytest.raises(ConnectionLost, match="plain: run `printf partial"):
        shell.run(DISCONNECT)
    with pytest.raises(ConnectionLost):
        shell.run("echo later", timeout=5)


def test_one_session_is_enough(sshd: Sshd) -> None:
    """MaxSessions is 1 here: a deadline and a process left behind each cost a session, one after the other."""
    with Shell(sshd.target()) as shell:
        shell.run("sleep 3.177 & echo left")
        with pytest.raises(DeadlineExceeded):
            shell.run("sleep 61.77", timeout=0.2)
        found = shell.run("echo on").out

    assert b"on\n" == found


def test_nothing_runs_on_after_the_controller_is_killed(sshd: Sshd) -> None:
    """SIGKILL gives the controller no chance to tidy up; the node does it."""
    target = sshd.target()
    code = (
        "from trueup.remote_shell import Shell, Target\n"
        f"shell = Shell({target!r})\n"
        "shell.submit('(sleep 62.771 &); setsid sleep 62.772')\n"
        "print(shell.run('echo', timeout=99).rc if 0 else 'sent', flush=True)\n"
        "import time; time.sleep(60)\n"
    )
    controller = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert controller.stdout is not None
    controller.stdout.readline()
    wait_until(lambda: pids("62.772") != [])
    controller.send_signal(signal.SIGKILL)
    controller.wait()
    controller.stdout.close()
    wait_until(lambda: pids("62.771") + pids("62.772") == [])


def test_an_error_travels_between_processes(sshd: Sshd) -> None:
    """xdist pickles what a worker reports."""
    error = NotAShell("n", "s", expected="w", actual="f", remedy="r")
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301  # pickled one line above

    assert isinstance(copy, ShellError)
    assert str(error) == str(copy)


def pids(word: str) -> list[str]:
    """The processes whose command line holds the word."""
    found = []
    for name in os.listdir("/proc"):  # noqa: PTH208  # names are what is wanted
        try:
            with open(f"/proc/{name}/cmdline", "rb") as file:  # noqa: PTH123  # one of thousands
                if name.isdigit() and word.encode() in file.read().split(b"\0"):
                    found.append(name)
        except (FileNotFoundError, ProcessLookupError, NotADirectoryError):
            continue
    return found


def wait_until(holds: object, seconds: float = 10.0) -> None:
    """Poll; fail when it does not come true in time."""
    assert callable(holds)
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.05)
