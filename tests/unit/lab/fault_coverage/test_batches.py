"""lab.fault_coverage.batches: what is on at once can be told apart."""

from collections.abc import Mapping

import pytest

from lab.fault_coverage.applicable import faults_for
from lab.fault_coverage.batches import MOST, batches
from lab.fault_coverage.expected import expected
from lab.faults.fault import Fault
from trueup.accept import Tier

NODES = ("node1", "node2")


def fault(name: str, **values: object) -> Fault:
    """Make a fault that converge repairs."""
    base = {
        "name": name,
        "cause": "x",
        "node": "node1",
        "inject": ("true",),
        "verify": "true",
        "converge_repairs": True,
    }
    return Fault.model_validate({**base, "failing_checks": ("host/a",), **values})


def grouped(*faults: Fault, tiers: Mapping[str, Tier] | None = None) -> list[list[str]]:
    """The names of each batch."""
    of = {one.name: expected(one, (), NODES) for one in faults}
    depth = {one.name: Tier.QUICK for one in faults} | dict(tiers or {})
    return [[one.name for one in batch] for batch in batches(faults, of, depth)]


ON_2 = {"node": "node2"}
REFUSED = {"refuses": "no", "converge_repairs": False, "undo": ("true",)}


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ({"failing_checks": ("host/a",)}, {"failing_checks": ("host/b",)}, True),
        ({"failing_checks": ("host/a",)}, {"failing_checks": ("host/a",)}, False),
        ({"failing_checks": ("host/a",)}, {"failing_checks": ("host/a",), **ON_2}, True),
        (
            {"failing_checks": ("host/a",), "plan": ("x | y",)},
            {"failing_checks": ("host/b",), "plan": ("x | y",)},
            False,
        ),
        (
            {"failing_checks": ("host/a",), "elsewhere": ("x | y",)},
            {"failing_checks": ("host/b",), "plan": ("x | y",), **ON_2},
            False,
        ),
        ({"failing_checks": ("host/a",), "rebuilds": ("env",)}, {"failing_checks": ("env/b",)}, False),
        ({"failing_checks": ("host/a",), "rebuilds": ("env",)}, {"failing_checks": ("env/b",), **ON_2}, True),
        (
            {"failing_checks": ("host/a",), "rebuilds": ("env",)},
            {"failing_checks": ("host/b",), "plan": ("env | b",)},
            False,
        ),
        ({"failing_checks": ("host/a",), "rebuilds": ("*",)}, {"failing_checks": ("env/b",), **ON_2}, False),
        (
            {"failing_checks": ("host/a",), "exclusive_resources": ("x",)},
            {"failing_checks": ("host/b",), "exclusive_resources": ("x", "y")},
            False,
        ),
        (
            {"failing_checks": ("host/a",), "exclusive_resources": ("x",)},
            {"failing_checks": ("host/b",), "exclusive_resources": ("x",), **ON_2},
            True,
        ),
        (
            {"failing_checks": ("host/a",), "exclusive_resources": ("x",)},
            {"failing_checks": ("host/b",), "exclusive_resources": ("y",)},
            True,
        ),
        (
            {"failing_checks": ("host/a",), "exclusive_resources": ("node2:x",)},
            {"failing_checks": ("host/b",), "exclusive_resources": ("node2:x",), **ON_2},
            False,
        ),
        ({"failing_checks": ("host/a",), **REFUSED}, {"failing_checks": ("env/b",), **ON_2}, False),
    ],
)
def test_two_go_together_where_neither_hides_the_other(
    one: dict[str, object], other: dict[str, object], together: bool
) -> None:
    """Same check, operation, line or component made anew, and a refused plan keep them apart."""
    first, second = fault("a-one", **one), fault("a-other", **other)

    assert together is (len(grouped(first, second)) == 1)
    assert together is (len(grouped(second, first)) == 1)


def test_a_batch_is_of_one_tier() -> None:
    """A deeper look sees more of what a quick fault does than its record names."""
    quick, deep = fault("a-quick", failing_checks=("host/a",)), fault("a-deep", failing_checks=("env/a",))

    assert [["a-quick"], ["a-deep"]] == grouped(deep, quick, tiers={"a-deep": Tier.STANDARD})


def test_the_catalogue_is_complete_and_no_batch_claims_twice() -> None:
    """Every fault once, in batches that a person can still look through."""
    faults = tuple(faults_for())
    of = {one.name: expected(one, (), NODES) for one in faults}
    found = batches(faults, of, dict.fromkeys(of, Tier.QUICK))
    claims = [[claim for one in batch for claim in of[one.name].claims] for batch in found]

    assert sorted(fault.name for fault in faults) == sorted(one.name for batch in found for one in batch)
    assert MOST >= max(map(len, found))
    assert [len(set(each)) for each in claims] == [len(each) for each in claims]
