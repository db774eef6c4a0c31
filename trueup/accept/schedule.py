"""One worker a node: a node's checks share one connection and one look."""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from trueup.accept.collecting import declared, is_acceptance, node_of


class ByNode(LoadScopeScheduling):
    """Groups by the node in a test's id.

    pytest-xdist's own loadgroup stopped grouping on pytest 9.2 (pytest-dev/pytest-xdist #1386).
    """

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        super().__init__(config, log)
        self._names: list[str] | None = None

    def _split_scope(self, nodeid: str) -> str:
        if not is_acceptance(nodeid):
            return nodeid.split("::", 1)[0]
        if self._names is None:
            self._names = [node.name for node in declared(self.config)[0].nodes]
        return node_of(nodeid, self._names)
