"""Lock all nodes before the first fact and until disconnect."""

import sys

from gevent.event import AsyncResult
from paramiko import Channel
from pyinfra import logger
from pyinfra.api.exceptions import PyinfraError
from pyinfra.api.host import Host
from pyinfra.connectors.ssh import SSHConnector
from pyinfra.context import ctx_host, host, state

from trueup import node_lock
from trueup.node_lock import NodeLocked

# Two converges that begin together meet at the first node: no other is locked before it.
_first: AsyncResult = AsyncResult()
_kept: list[Channel] = []


class _PyinfraChannel:
    """Reach a node over pyinfra's SSH connection."""

    def __init__(self, to: Host, connector: SSHConnector) -> None:
        self._host, self._connector = to, connector

    def hold(self, command: str, sentinel: str, deadline_s: float) -> tuple[bool, str]:
        """Start a command that stays, in a session of its own over the same connection."""
        if hasattr(self._connector, "start_background"):
            held: tuple[bool, str] = self._connector.start_background(command, sentinel, deadline_s)
            return held
        assert self._connector.client is not None
        transport = self._connector.client.get_transport()
        assert transport is not None
        channel = transport.open_session()
        channel.settimeout(deadline_s)
        channel.set_combine_stderr(True)
        channel.exec_command(command)
        output = b"\n"
        try:
            while f"\n{sentinel}\n".encode() not in output:
                data = channel.recv(4096)
                if not data:
                    return False, output.decode(errors="backslashreplace")
                output += data
        except TimeoutError:
            channel.close()
            return False, output.decode(errors="backslashreplace")
        # An unreferenced channel is closed by the garbage collector.
        _kept.append(channel)
        return True, ""

    def ask(self, command: str) -> str:
        """Return what a command prints; the output of one that fails is of no use."""
        _, output = self._host.run_shell_command(command, _timeout=int(node_lock.ANSWER_S))
        return str(output.stdout)


def is_dry_run() -> bool:
    """Tell whether pyinfra only plans, by its options; its state does not say."""
    return bool({"--dry", "--debug-operations", "--debug-facts"} & set(sys.argv))


def acquire_current_host() -> None:
    """Lock this node, or end the run before its first operation, naming the owner."""
    if not isinstance(host.connector, SSHConnector):
        return
    first = next(candidate for candidate in state.inventory.get_active_hosts() if not candidate.data.get("maintenance"))
    if host.name != first.name:
        _first.get()
        _acquire()
        return
    try:
        _acquire()
    except PyinfraError as error:
        _first.set_exception(error)
        raise
    _first.set()


def _acquire() -> None:
    node: Host = ctx_host.get()  # type: ignore[no-untyped-call]  # pyinfra leaves it untyped
    connector = node.connector
    assert isinstance(connector, SSHConnector)
    sudo = bool(node.data.get("_sudo") or state.config.SUDO)
    dry = is_dry_run()
    try:
        node_lock.acquire(
            _PyinfraChannel(node, connector),
            node.name,
            node_lock.current_owner("dry plan" if dry else "converge"),
            exclusive=not dry,
            sudo=sudo,
            log=lambda line: logger.info(f"    {line}"),
        )
    except NodeLocked as error:
        raise PyinfraError(str(error)) from error
