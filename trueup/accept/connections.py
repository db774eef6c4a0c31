"""Open a run's shells on demand, one per node, under the node lock."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import pytest
from testinfra.host import Host

from trueup import node_lock
from trueup.declaration import Node, Profile
from trueup.outcome import CouldNotCheck
from trueup.remote_shell import Result, Shell, ShellError, Target, as_testinfra_host, connect_all

T = TypeVar("T")
# A node that does not answer by then is reported as unreachable; OpenSSH's own default is the kernel's two minutes.
CONNECT_S = 20.0
# Logins at once in each worker: more gain nothing, and on a busy network none would end in time.
LOGINS = 8
# Threads that wait for nodes, not for this machine.
MAX_PARALLEL = 48


class Busy(ShellError):
    """A converge holds the node, so that a check would see neither the old state nor the new."""


class _LockChannel:
    """A shell as trueup.node_lock needs it."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def hold(self, command: str, sentinel: str, deadline_s: float) -> tuple[bool, str]:
        return self._shell.start_background(command, sentinel, deadline_s)

    def ask(self, command: str) -> str:
        return self._shell.run(command, timeout=node_lock.ANSWER_S).text


def _shared(shell: Shell | ShellError) -> Shell | ShellError:
    """Take the node lock, shared with other acceptance runs; return the shell, or why it has no lock."""
    if isinstance(shell, ShellError):
        return shell
    try:
        # The shell may run as root by sudo; the session that holds the lock starts without it.
        node_lock.acquire(
            _LockChannel(shell),
            shell.name,
            node_lock.current_owner("acceptance"),
            exclusive=False,
            sudo=shell.sudo,
            log=lambda _: None,
        )
    except node_lock.NodeLocked as error:
        shell.close()
        return Busy(error.node, "look", expected=error.expected, actual=error.actual, remedy=error.remedy)
    except ShellError as error:
        shell.close()
        return error
    return shell


class ShellPool:
    """Shells by node name; an unreachable node is tried once, not once a check."""

    def __init__(self) -> None:
        self._shells: dict[str, Shell | ShellError] = {}
        self._hosts: dict[str, Host] = {}

    def open(self, *nodes: Node) -> list[Node]:
        """Open the shells of these nodes at once; return the nodes that have one."""
        new = [node for node in nodes if node.name not in self._shells]
        if new:
            opened = connect_all([Target.of_node(node) for node in new], CONNECT_S, LOGINS)
            with ThreadPoolExecutor(MAX_PARALLEL) as pool:
                self._shells.update(zip(opened, pool.map(_shared, opened.values()), strict=True))
        return [node for node in nodes if isinstance(self._shells[node.name], Shell)]

    def opened(self, node: Node) -> Shell | None:
        """Return the node's shell; None where none is open."""
        shell = self._shells.get(node.name)
        return shell if isinstance(shell, Shell) else None

    def to(self, *nodes: Node) -> dict[str, Shell]:
        """Return the shells of these nodes, opened at once.

        Raises:
            CouldNotCheck: It names every node that has no shell.
        """
        self.open(*nodes)
        shells = {node.name: self._shells[node.name] for node in nodes}
        errors = [str(shell) for shell in shells.values() if isinstance(shell, ShellError)]
        if errors:
            raise CouldNotCheck("\n".join(errors))
        return {name: shell for name, shell in shells.items() if isinstance(shell, Shell)}

    def host(self, node: Node) -> Host:
        """Return the node as testinfra's host."""
        if node.name not in self._hosts:
            self._hosts[node.name] = as_testinfra_host(self.to(node)[node.name])
        return self._hosts[node.name]

    def start_check(self, node: Node, *, only_reads: bool) -> None:
        """Tell the node's host that a check starts, and whether all its commands only read."""
        if node.name in self._hosts:
            self._hosts[node.name].backend.start_check(only_reads=only_reads)

    def close(self) -> None:
        """End every shell."""
        shells = [shell for shell in self._shells.values() if isinstance(shell, Shell)]
        self._shells, self._hosts = {}, {}
        for closing in [shell.close_async() for shell in shells]:
            closing.result()


_POOL = pytest.StashKey[ShellPool]()


def shell_pool(config: pytest.Config) -> ShellPool:
    """Return the shells of this run."""
    if _POOL not in config.stash:
        config.stash[_POOL] = ShellPool()
    return config.stash[_POOL]


@dataclass(frozen=True)
class FleetUnderTest:
    """The nodes together, for checks between nodes."""

    nodes: tuple[Node, ...]
    """The nodes of this run."""
    profiles: Mapping[str, Profile]
    """By node name."""
    shells: Mapping[str, Shell]
    """By node name."""
    names: tuple[str, ...] = ()
    """The names of all nodes that are not in maintenance, also of those that this run leaves out."""

    @property
    def profile(self) -> Profile:
        """Return the one profile of all nodes.

        Raises:
            CouldNotCheck: The nodes have different profiles.
        """
        different = {profile.model_dump_json() for profile in self.profiles.values()}
        if len(different) != 1:
            raise CouldNotCheck(f"wanted one profile for all nodes of a collective, found {len(different)}")
        return next(iter(self.profiles.values()))

    def node(self, name: str) -> Node:
        """Return the node of that name."""
        return next(node for node in self.nodes if node.name == name)

    def map_nodes(self, function: Callable[[Node, Shell], T]) -> dict[str, T]:
        """Call the function for all nodes at once; return what it returns, by node name.

        Raises:
            Exception: The one that it raised for the first node for which it raised any.
        """
        with ThreadPoolExecutor(MAX_PARALLEL) as pool:
            values = pool.map(lambda node: function(node, self.shells[node.name]), self.nodes)
            return dict(zip((node.name for node in self.nodes), values, strict=True))

    def run_on_all(self, command: Callable[[Node], str], timeout: float = 30.0) -> dict[str, Result]:
        """Run each node's own command, as root, on all nodes at once; return the results by node name.

        Raises:
            ShellError: A node gave no result.
        """
        return self.map_nodes(lambda node, shell: shell.run(command(node), timeout=timeout))

    def run(self, name: str, command: str, timeout: float = 30.0) -> Result:
        """Run a command on one node, as root.

        Raises:
            ShellError: The node gave no result.
        """
        return self.shells[name].run(command, timeout=timeout)
