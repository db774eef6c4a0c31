"""The way to the nodes that a run of checks shares: one shell a node, opened when first needed."""

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
# A node that has not answered by then is reported as such; OpenSSH's own default is the kernel's two minutes.
CONNECT_S = 20.0
# Log-ins under way at once, in each worker: more gain nothing, and a busy network answers none of them in time.
LOGINS = 8
# Each waits for its own node, not for this machine.
AT_ONCE = 48


class Busy(ShellError):
    """Somebody changes the node meanwhile: what a check would see there is neither the old state nor the new."""


class _Held:
    """A node by its shell, as trueup.node_lock asks for it."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def hold(self, command: str, mark: str, deadline_s: float) -> tuple[bool, str]:
        return self._shell.start_background(command, mark, deadline_s)

    def ask(self, command: str) -> str:
        return self._shell.run(command, timeout=node_lock.ANSWER_S).text


def _shared(shell: Shell | ShellError) -> Shell | ShellError:
    """The shell, once the node is held together with whoever else only looks; else why it is not."""
    if isinstance(shell, ShellError):
        return shell
    try:
        # A shell that sudo lifted runs as root; the session beside it does not.
        node_lock.acquire(
            _Held(shell),
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
    """Shells by node name. A node that did not answer is asked once, not once a check."""

    def __init__(self) -> None:
        self._found: dict[str, Shell | ShellError] = {}
        self._hosts: dict[str, Host] = {}

    def open(self, *nodes: Node) -> list[Node]:
        """Open the shells of these nodes at once; those that answer."""
        new = [node for node in nodes if node.name not in self._found]
        if new:
            opened = connect_all([Target.of_node(node) for node in new], CONNECT_S, LOGINS)
            with ThreadPoolExecutor(AT_ONCE) as pool:
                self._found.update(zip(opened, pool.map(_shared, opened.values()), strict=True))
        return [node for node in nodes if isinstance(self._found[node.name], Shell)]

    def opened(self, node: Node) -> Shell | None:
        """The node's shell, where one is open."""
        shell = self._found.get(node.name)
        return shell if isinstance(shell, Shell) else None

    def to(self, *nodes: Node) -> dict[str, Shell]:
        """The shells of these nodes, opened at once; raises CouldNotCheck naming all that do not answer."""
        self.open(*nodes)
        shells = {node.name: self._found[node.name] for node in nodes}
        errors = [str(found) for found in shells.values() if isinstance(found, ShellError)]
        if errors:
            raise CouldNotCheck("\n".join(errors))
        return {name: shell for name, shell in shells.items() if isinstance(shell, Shell)}

    def host(self, node: Node) -> Host:
        """The node as testinfra's host."""
        if node.name not in self._hosts:
            self._hosts[node.name] = as_testinfra_host(self.to(node)[node.name])
        return self._hosts[node.name]

    def start_check(self, node: Node, *, only_reads: bool) -> None:
        """Tell the node's host that a check starts, and whether all its commands only read."""
        if node.name in self._hosts:
            self._hosts[node.name].backend.start_check(only_reads=only_reads)

    def close(self) -> None:
        """End every shell."""
        shells = [shell for shell in self._found.values() if isinstance(shell, Shell)]
        self._found, self._hosts = {}, {}
        for closing in [shell.close_async() for shell in shells]:
            closing.result()


_REACH = pytest.StashKey[ShellPool]()


def reach_of(config: pytest.Config) -> ShellPool:
    """The shells of this run."""
    if _REACH not in config.stash:
        config.stash[_REACH] = ShellPool()
    return config.stash[_REACH]


@dataclass(frozen=True)
class FleetUnderTest:
    """What a check between nodes gets: the nodes that are looked at, their profiles, their shells.

    names: of every node that is not out, looked at or not.
    """

    nodes: tuple[Node, ...]
    profiles: Mapping[str, Profile]
    shells: Mapping[str, Shell]
    names: tuple[str, ...] = ()

    @property
    def profile(self) -> Profile:
        """The one profile of all nodes; raises CouldNotCheck where they differ."""
        different = {profile.model_dump_json() for profile in self.profiles.values()}
        if len(different) != 1:
            raise CouldNotCheck(f"wanted one profile for all nodes of a collective, found {len(different)}")
        return next(iter(self.profiles.values()))

    def node(self, name: str) -> Node:
        """The node of that name."""
        return next(node for node in self.nodes if node.name == name)

    def each(self, question: Callable[[Node, Shell], T]) -> dict[str, T]:
        """What every node answers, by name, asked at once; raises what the first of them that cannot raises."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            answers = pool.map(lambda node: question(node, self.shells[node.name]), self.nodes)
            return dict(zip((node.name for node in self.nodes), answers, strict=True))

    def ask(self, command: Callable[[Node], str], timeout: float = 30.0) -> dict[str, Result]:
        """What each node answers to its own command, as root, by name; all at once. Raises ShellError."""
        return self.each(lambda node, shell: shell.run(command(node), timeout=timeout))

    def run(self, name: str, command: str, timeout: float = 30.0) -> Result:
        """The command on a node, as root. Raises ShellError."""
        return self.shells[name].run(command, timeout=timeout)
