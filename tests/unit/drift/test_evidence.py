"""How often a look must fail to count, and how long it stands."""

import ast
from pathlib import Path

import pytest

from tests.unit.drift.factories import HOUR, START, good, item, run
from trueup.accept import Tier
from trueup.drift.evidence import FLAKY, Evidence, fails_often, stale
from trueup.drift.model import NodeState
from trueup.drift.store import Store
from trueup.drift.store.current import fleet_now
from trueup.drift.store.import_run import write
from trueup.outcome import Outcome

ROOT = Path(__file__).parents[3]
FAST = "driver/no_slowdown"


@pytest.mark.parametrize(
    ("attempts", "drifts"),
    [
        ([], False),
        ([(True, "b")], False),
        ([(True, "b"), (False, "b"), (True, "b")], True),
        ([(True, "b"), (True, "b"), (False, "b"), (False, "b")], False),
        ([(True, "a"), (True, "b")], False),
    ],
)
def test_n_of_m(attempts: list[tuple[bool, str]], drifts: bool) -> None:
    """Two of the last three looks, of this boot alone."""
    assert drifts == fails_often(attempts, "b")


@pytest.mark.parametrize(
    ("hours", "boot", "reason"),
    [
        (1.0, "b", ""),
        (2.9, "b", ""),
        (3.1, "b", "not checked for 3 h, an answer of this tier stands for 3 h"),
        (1.0, "c", "not checked since the node started again"),
        (1.0, "", ""),
        (-1.0, "b", "checked 3600 s in the future: the clock went back"),
    ],
)
def test_evidence_expires(hours: float, boot: str, reason: str) -> None:
    """It is of one boot and of its time."""
    evidence = Evidence(Outcome.PASS, Tier.QUICK, START, "b")

    assert reason == stale(evidence, START + hours * HOUR, boot)


def test_one_failure_of_a_performance_check_is_no_drift(store: Store) -> None:
    """The second within three looks is; it heals when two of the last three are good."""
    outcomes = [Outcome.PASS, Outcome.FAIL, Outcome.PASS, Outcome.FAIL, Outcome.PASS, Outcome.PASS]
    written = [write(store, run([item("n1", FAST, each)], hour=hour)) for hour, each in enumerate(outcomes)]

    assert [(), (), (), (f"n1 {FAST}",), (), ()] == [each.drifted for each in written]
    assert [(), (), (), (), (f"n1 {FAST}",), ()] == [each.healed for each in written]


def test_checked_again_and_bad_again_counts_at_once(store: Store) -> None:
    """Two looks of one run are two."""
    twice = item("n1", FAST, Outcome.FAIL).model_copy(update={"attempts": (Outcome.FAIL, Outcome.FAIL)})
    write(store, run([item("n1", FAST)]))

    assert (f"n1 {FAST}",) == write(store, run([twice], hour=1)).drifted


def shown(store: Store, hour: float) -> set[tuple[str, str]]:
    """Outcome and reason of n1's items."""
    return {(one.outcome.value, one.stale) for one in fleet_now(store, START + hour * HOUR) if one.node == "n1"}


def test_check_without_a_result_for_its_interval_is_not_green(store: Store) -> None:
    """Silence is not order."""
    write(store, run(good("n1", checks=1)))

    assert {("pass", "")} == shown(store, 2)
    assert {("unknown", "not checked for 4 h, an answer of this tier stands for 3 h")} == shown(store, 4)


def test_evidence_of_an_earlier_boot_is_not_green(store: Store) -> None:
    """A deep item that was looked at before the restart says nothing of after it."""
    deep = item("n1", "env/whole", tier=Tier.DEEP)
    write(store, run([deep], tier=Tier.DEEP))
    write(
        store,
        run([deep.model_copy(update={"outcome": None})], states={"n1": NodeState(boot="b2", profile="d1")}, hour=1),
    )

    assert {("unknown", "not checked since the node started again")} == shown(store, 1)


def test_deeper_check_may_wait_for_its_first_run(store: Store) -> None:
    """It is not listed until its tier's answers would have expired, then it could not be looked at."""
    write(store, run([item("n1", "env/whole", None, tier=Tier.STANDARD)]))

    assert set() == shown(store, 2)
    assert {("unknown", "never checked: no run of the tier standard yet")} == shown(store, 73)


def test_unsteady_checks_exist() -> None:
    """A renamed check would otherwise lose its second attempt without a word."""
    files = [path for folder in ("node", "fleet") for path in (ROOT / "tests" / folder).glob("test_*.py")]
    checks = {
        f"{path.stem}/{node.name}".replace("test_", "")
        for path in files
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }

    assert set() == FLAKY - checks
