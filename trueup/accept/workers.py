"""What only a run under xdist has."""

from typing import TYPE_CHECKING

import pytest

from trueup.accept import collecting, schedule
from trueup.accept.record import Answer
from trueup.accept.tiers import LeftOut

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.workermanage import WorkerController

    from trueup.accept.plugin import Acceptance


class Workers:
    """What only a run under xdist has; kept apart, because its hooks are unknown without xdist."""

    def __init__(self, acceptance: "Acceptance") -> None:
        self.acceptance = acceptance

    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: "Producer") -> schedule.ByNode:
        return schedule.ByNode(config, log)

    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        self.acceptance.selected |= {each for each in ids if collecting.is_acceptance(each)}

    def pytest_testnodedown(self, node: "WorkerController") -> None:
        for text in getattr(node, "workeroutput", {}).get("trueup", ()):
            self.acceptance.take(Answer.model_validate_json(text))
        for text in getattr(node, "workeroutput", {}).get("trueup-deeper", ()):
            one = LeftOut.model_validate_json(text)
            self.acceptance.deeper[one.node, one.check] = one
