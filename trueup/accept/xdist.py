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


class Workers:
    """What only a run under xdist has; kept apart, because its hooks are unknown without xdist."""

    def __init__(self, acceptance: Acceptance) -> None:
        self.acceptance = acceptance

    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Producer) -> ByNode:
        return ByNode(config, log)

    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        self.acceptance.selected |= {each for each in ids if selection.is_acceptance(each)}

    def pytest_testnodedown(self, node: WorkerController) -> None:
        for text in getattr(node, "workeroutput", {}).get("trueup", ()):
            self.acceptance.take(CheckResult.model_validate_json(text))
        for text in getattr(node, "workeroutput", {}).get("trueup-deeper", ()):
            one = SkippedByTier.model_validate_json(text)
            self.acceptance.deeper[one.node, one.check] = one
