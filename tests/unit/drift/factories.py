"""Runs made by hand, for a store that lives in a test's own folder."""

from collections.abc import Mapping, Sequence
from itertools import count

from trueup.accept import Tier
from trueup.drift.model import FLEET, DriftItem, NodeState, Run
from trueup.outcome import Outcome

HOUR = 3600.0
START = 1_800_000_000.0
_keys = count(1)
ANSWERS = (
    DriftItem(node=FLEET, component="plan", check="plan/answers", kind="plan", outcome=Outcome.PASS),
    DriftItem(node=FLEET, component="acceptance", check="acceptance/answers", outcome=Outcome.PASS),
)


def item(
    node: str, name: str, outcome: Outcome | None = Outcome.PASS, tier: Tier = Tier.QUICK, **more: str
) -> DriftItem:
    """One answer; ``more``: expected, actual, remedy, kind."""
    return DriftItem(node=node, component=name.partition("/")[0], check=name, outcome=outcome, tier=tier, **more)  # type: ignore[arg-type]  # kind is one of two


def run(
    items: Sequence[DriftItem],
    *,
    hour: float = 0.0,
    nodes: Sequence[str] = ("n1", "n2"),
    states: Mapping[str, NodeState] | None = None,
    complete: bool = True,
    key: str | None = None,
    tier: Tier = Tier.QUICK,
    answers: Sequence[DriftItem] = ANSWERS,
) -> Run:
    """A run ``hour`` hours after the first; every node is in its first boot where ``states`` says nothing."""
    found = {name: NodeState(boot="b1", machine=f"m-{name}", packages="p1", profile="d1") for name in nodes}
    return Run(
        key=key or f"run-{next(_keys)}",
        started=START + hour * HOUR,
        seconds=1.0,
        tier=tier,
        complete=complete,
        fleet=tuple(nodes),
        nodes={**found, **(states or {})},
        versions={"trueup": "0.1.0"},
        items=(*answers, *items),
    )


def good(*nodes: str, checks: int = 3) -> list[DriftItem]:
    """That many checks on each node, all in order."""
    return [item(node, f"conda/check{i}") for node in nodes or ("n1", "n2") for i in range(checks)]


def bad(node: str, name: str = "conda/check0", actual: str = "another") -> DriftItem:
    """One that does not hold."""
    return item(node, name, Outcome.FAIL, expected="one", actual=actual, remedy="mend it")
