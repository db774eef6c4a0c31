"""One worker a node: a node's checks share one connection and one look."""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from trueup.accept.collecting import is_acceptance, names, node_of
from trueup.accept.rooms import bundles

# Nodes of a large fleet that one worker connects to, and asks, at once.
AT_ONCE = 32


def scope_of(config: pytest.Config, nodeid: str) -> str:
    """What belongs together: the checks of a node; in a large fleet, those of some nodes; a file of other tests."""
    if not is_acceptance(nodeid):
        return nodeid.split("::", 1)[0]
    name = node_of(nodeid, known := names(config))
    return f"{known[name] // AT_ONCE}" if name in known and bundles(config) else name


class ByNode(LoadScopeScheduling):
    """Groups by the node in a test's id.

    pytest-xdist's own loadgroup stopped grouping on pytest 9.2 (pytest-dev/pytest-xdist #1386).
    """

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        super().__init__(config, log)
        self._scopes: dict[str, str] = {}

    def _split_scope(self, nodeid: str) -> str:
        # Asked again at each answer.
        if nodeid not in self._scopes:
            self._scopes[nodeid] = scope_of(self.config, nodeid)
        return self._scopes[nodeid]
