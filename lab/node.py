"""One node: create, start, restart, inspect. A node is a container with systemd as its first process."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from lab import network
from lab.errors import LabError
from lab.instance import Instance
from lab.podman import Podman
from lab.ssh_keys import ssh_command

READY_DEADLINE = 60.0  # seconds; a boot takes two
ANSWER = 30.0
SSH_DEADLINE = 40.0
DEAD_AFTER = 3.0  # a container runs commands from its first moment on
EXITS = Path("/run/libpod/exits")  # below tmp_dir of containers.conf(5)
NO_ANSWER = "its container runs no command"
SHM = "2g"
# Remounts, firewall rules, MTU: a container's default capabilities allow none of them.
CAPABILITIES = "NET_ADMIN,SYS_ADMIN"
# Podman's tmpfs over these would forget the last boot's journal and keep large downloads in memory.
KEPT_FOLDERS = ("/var/log/journal", "/tmp")  # noqa: S108 -- a folder of the node


@dataclass(frozen=True)
class LabNode:
    """A node of an instance, and the image it is made of."""

    instance: Instance
    name: str
    podman: Podman

    @property
    def container(self) -> str:
        """Its container's name."""
        return self.instance.container(self.name)

    def state(self) -> str:
        """Return Podman's status ("running", "exited", "paused", "created", ...), or "missing"."""
        if not self.podman.ok("container", "exists", self.container):
            return "missing"
        status: str = self._inspect()["State"]["Status"]
        return status

    def note_crash(self) -> None:
        """Record an end that Podman did not see; does nothing where there was none.

        A crash of this machine ends the node and its monitor at once, and where /run outlives it (a
        virtual machine's disk), Podman 4.3 believes the node to be running, and can neither stop nor start
        it. The monitor's last act, a file with the exit status, is what Podman waits for.
        """
        found = self._inspect()
        if found["State"]["Status"] not in ("running", "paused", "stopping"):
            return
        processes = (found["State"]["Pid"], found["State"]["ConmonPid"])
        if not any(_belongs(process, found["Id"]) for process in processes):
            (EXITS / found["Id"]).write_text("137")

    def _inspect(self) -> dict[str, Any]:
        answer = self.podman.call(
            "inspect", "--type=container", self.container, step="look at the node", node=self.name
        )
        found: dict[str, Any] = json.loads(answer)[0]
        return found

    def create(self, image: str) -> None:
        """Create it from the image, in place of a container of its name."""
        self.podman.call(
            "create",
            "--replace",
            f"--name={self.container}",
            f"--hostname={self.name}",
            f"--label=trueup.lab={self.instance.name}",
            f"--network={self.instance.network}",
            f"--ip={self.instance.address(self.name)}",
            f"--mac-address={self.instance.hardware_address(self.name)}",
            "--restart=always",
            f"--cap-add={CAPABILITIES}",
            # The distribution's profile for containers forbids every mount.
            "--security-opt=apparmor=unconfined",
            "--no-hosts",
            f"--tmpfs=/dev/shm:size={SHM}",
            *(f"--volume={folder}" for folder in KEPT_FOLDERS),
            f"--volume={self.instance.state / 'keys'}:/etc/ssh/keys:ro",
            "--systemd=always",
            image,
            step="make the node",
            node=self.name,
            deadline=120,
        )

    def start(self) -> None:
        """Power on, after freeing the node's address where a dead container still has it."""
        try:
            self._start()
        except LabError as error:
            holder = network.lease_holder(error.actual)
            if holder is None or not self._is_stale(holder):
                raise
            network.free_address(self.instance, self.name, self._inspect()["Image"], self.podman)
            self._start()

    def _start(self) -> None:
        self.podman.call("start", self.container, step="power on", node=self.name)

    def _is_stale(self, holder: str) -> bool:
        """Return whether the container that holds the node's address is gone, or is this node, which is off."""
        return holder == self._inspect()["Id"] or not self.podman.ok("container", "exists", holder)

    def restart(self) -> None:
        """Power off, by force after five seconds, and on again, with its network made anew."""
        self.podman.ok("unpause", self.container)
        # After a crash of the whole machine Podman waits for processes that are gone, and fails; its record is right
        # from then on, and start() decides.
        self.podman.ok("stop", "--time=5", self.container)
        self.start()

    def remove(self) -> None:
        """Remove it, with its disk."""
        self.podman.call(
            "rm",
            "--force",
            "--volumes",
            "--ignore",
            "--time=0",
            self.container,
            step="remove the node",
            node=self.name,
            deadline=120,
        )

    def execute(self, script: str, deadline: float = 60.0) -> str:
        """Return what a shell script prints that runs on it as root, past ssh; raises LabError."""
        return self.podman.call(
            "exec",
            self.container,
            "sh",
            "-c",
            script,
            step="run a command",
            node=self.name,
            deadline=deadline,
        )

    def answers(self) -> bool:
        """Return whether its container runs a command."""
        return self.podman.ok("exec", self.container, "true", deadline=ANSWER)

    def missing_for_ready(self) -> str:
        """Return what is still missing before it can be used, in words; "" when nothing is."""
        if not self.answers():
            return NO_ANSWER
        booted = "test -S /run/dbus/system_bus_socket && systemctl is-active --quiet multi-user.target"
        if not self.podman.ok("exec", self.container, "sh", "-c", booted, deadline=ANSWER):
            return "systemd has not reached multi-user.target"
        return ""

    def missing_for_ssh(self) -> str:
        """Return why a login as root with the lab's key and the pinned host key fails; "" when it works."""
        try:
            done = subprocess.run(
                ssh_command(self.instance, self.name, "true"),
                text=True,
                capture_output=True,
                timeout=SSH_DEADLINE,
                check=False,
                stdin=subprocess.DEVNULL,
            )
        except subprocess.TimeoutExpired:
            return f"ssh gave no answer in {SSH_DEADLINE:.0f} s"
        return "" if done.returncode == 0 else f"ssh: {done.stderr.strip()}"

    def await_ready(self, deadline: float = READY_DEADLINE) -> None:
        """Return when it has booted; raises LabError past deadline, in seconds."""
        began = monotonic()
        while missing := self.missing_for_ready():
            patience = DEAD_AFTER if missing == NO_ANSWER else deadline
            if monotonic() - began > patience:
                raise LabError(
                    "boot",
                    node=self.name,
                    expected=f"multi-user.target within {patience:.0f} s",
                    actual=missing,
                    remedy="trueup lab up --fresh; its own words: podman logs " + self.container,
                )
            sleep(0.2)


def _belongs(process: int, container: str) -> bool:
    """Return whether the process is alive and of that container, by its monitor's command line or its own cgroup."""
    folder = Path("/proc") / str(process)
    try:
        arguments, group = (folder / "cmdline").read_text(), (folder / "cgroup").read_text()
    except OSError:
        return False
    # A zombie has a cgroup but no command line.
    return bool(arguments) and container in arguments + group
