"""A look at the nodes alone, for a run that asks only some rooms: else acceptance's own shells tell (plugin.py)."""

from collections.abc import Mapping
from concurrent.futures import Future

from trueup.drift.record import Seen
from trueup.drift.seen import COMMAND, DEADLINE_S, seen_of
from trueup.gpu.look import question, understood
from trueup.shell import Result, Shell, ShellError, connect_all
from trueup.shell.of_node import target_of
from trueup.spec.inventory import Node
from trueup.spec.model import Profile


def see(nodes: tuple[Node, ...], profiles: Mapping[str, Profile]) -> dict[str, Seen]:
    """Every node as it is now; one that does not answer is Seen with nothing in it, which its checks report."""
    shells = connect_all([target_of(node) for node in nodes])
    up = {name: shell for name, shell in shells.items() if isinstance(shell, Shell)}
    try:
        asked = {name: shell.submit(COMMAND, timeout=DEADLINE_S) for name, shell in up.items()}
        probes = {name: shell.submit(**question(profiles[name])) for name, shell in up.items()}
        answers = {name: (_answer(asked[name]), _answer(probes[name])) for name in up}
        return {node.name: _seen(*answers.get(node.name, (None, None)), profiles[node.name]) for node in nodes}
    finally:
        for shell in up.values():
            shell.close()


def _answer(asked: Future[Result]) -> Result | None:
    try:
        return asked.result()
    except ShellError:
        # The node's own checks say that it does not answer, and why; here it is merely not seen.
        return None


def _seen(told: Result | None, probe: Result | None, profile: Profile) -> Seen:
    return seen_of(told.text if told else "", understood(probe) if probe else None, profile)
