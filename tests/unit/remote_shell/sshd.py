"""A real sshd on a free port of the loopback; each login of its own key starts in another way."""

import getpass
import shutil
import socket
import subprocess
import time
from pathlib import Path

from trueup.remote_shell import Target

# What authorized_keys puts before a key: how a node's account may greet a command.
LOGINS = {
    "plain": "",
    "noisy": 'command="echo welcome; echo warning >&2; exec sh -c \\"$SSH_ORIGINAL_COMMAND\\"" ',
    "false": 'command="/bin/false" ',
    "forced": 'command="echo backups only" ',
    "silent": 'command="sleep 600" ',
    "restricted": 'command="bash -r -c \\"$SSH_ORIGINAL_COMMAND\\"" ',
}


class Sshd:
    """Runs until stop()."""

    def __init__(self, home: Path, sessions: int = 1) -> None:
        self.home = home
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        for name in ("host", "other", "stranger", *LOGINS):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", home / name], check=True)
        lines = [LOGINS[name] + (home / f"{name}.pub").read_text() for name in LOGINS]
        (home / "authorized_keys").write_text("".join(lines))
        self.pin("known_hosts", "host")
        self.pin("wrong_hosts", "other")
        (home / "empty_hosts").touch()
        (home / "banner").write_text("Authorised users only.\n" * 20)
        (home / "sshd_config").write_text(
            f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {home}/host\nPidFile none\n"
            f"AuthorizedKeysFile {home}/authorized_keys\nStrictModes no\nUsePAM no\nMaxSessions {sessions}\n"
            f"PasswordAuthentication no\nKbdInteractiveAuthentication no\nBanner {home}/banner\n"
            "Subsystem sftp internal-sftp\nPermitRootLogin yes\n"
        )
        program = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/usr/bin")
        assert program is not None, "openssh-server is not installed; tests/host-packages.txt names it"
        if getpass.getuser() == "root":
            Path("/run/sshd").mkdir(exist_ok=True)
        log = home / "log"
        self._process = subprocess.Popen([program, "-D", "-f", home / "sshd_config", "-E", log])
        self._wait()

    def _wait(self) -> None:
        end = time.monotonic() + 10
        while time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError(f"sshd did not come up: {(self.home / 'log').read_text()}")

    def pin(self, name: str, key: str) -> None:
        """Write a known_hosts file that pins `key` for this server."""
        public = (self.home / f"{key}.pub").read_text()
        (self.home / name).write_text(f"[127.0.0.1]:{self.port} {public}")

    def target(self, login: str = "plain", known_hosts: str = "known_hosts") -> Target:
        """How to reach it with that login's key."""
        key, known = str(self.home / login), str(self.home / known_hosts)
        return Target(login, "127.0.0.1", self.port, getpass.getuser(), key, known, "/dev/null")

    def stop(self) -> None:
        """End it; sessions that are open end with their connections."""
        self._process.terminate()
        self._process.wait(10)
