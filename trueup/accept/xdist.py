"""Group checks by node for the workers of pytest-xdist, and collect what the workers report."""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

from trueup.accept import selection
from trueup.accept.bundled_items import scope_of
from trueup.accept.session import Acceptance
from trueup.accept.tiers import SkippedByTier
from trueup.outcome import CheckResult


class ByNode(LoadScopeScheduling):
    """Group tests by the node in their ids.

    pytest-xdist's own loadgroup stopped grouping on pytest 9.2 (pytest-dev/pytest-xdist #1386).
    """

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        super().__init__(config, log)
        self._scopes: dict[str, str] = {}

    def _split_scope(self, nodeid: str) -> str:
        # xdist calls this again at each result.
        if nodeid not in self._scopes:
            self._scopes[nodeid] = scope_of(self.config, nodeid)
        return self._scopes[nodeid]


class Workers:
    """The hooks of xdist, which pytest does not know without it."""

    def __init__(self, acceptance: Acceptance) -> None:
        self.acceptance = acceptance

    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Producer) -> ByNode:
        return ByNode(config, log)

    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        self.acceptance.selected |= {nodeid for nodeid in ids if selection.is_acceptance(nodeid)}

    def pytest_testnodedown(self, node: WorkerController) -> None:
        for text in getattr(node, "workeroutput", {}).get("trueup", ()):
            self.acceptance.take(CheckResult.model_validate_json(text))
        for text in getattr(node, "workeroutput", {}).get("trueup-deeper", ()):
            check = SkippedByTier.model_validate_json(text)
            self.acceptance.deeper[check.node, check.check] = check
