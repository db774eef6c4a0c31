"""lab.fault_coverage.batches: what is on at once can be told apart."""

from collections.abc import Mapping

import pytest

from lab.fault_coverage.batches import MOST, batches
from lab.fault_coverage.expected import expected
from lab.faults.catalogue import catalogue
from lab.faults.fault import Fault
from trueup.accept.tiers import Tier

NODES = ("node1", "node2")


def mutation(name: str, **values: object) -> Fault:
    """A break that converge heals."""
    base = {"name": name, "cause": "x", "node": "node1", "breaks": ("true",), "shows": "true", "heals": True}
    return Fault.model_validate({**base, "reds": ("host/a",), **values})


def grouped(*mutations: Fault, tiers: Mapping[str, Tier] | None = None) -> list[list[str]]:
    """The names of each batch."""
    of = {one.name: expected(one, (), NODES) for one in mutations}
    depth = {one.name: Tier.QUICK for one in mutations} | dict(tiers or {})
    return [[one.name for one in batch] for batch in batches(mutations, of, depth)]


ON_2 = {"node": "node2"}
REFUSED = {"refuses": "no", "heals": False, "mends": ("true",)}


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ({"reds": ("host/a",)}, {"reds": ("host/b",)}, True),
        ({"reds": ("host/a",)}, {"reds": ("host/a",)}, False),
        ({"reds": ("host/a",)}, {"reds": ("host/a",), **ON_2}, True),
        ({"reds": ("host/a",), "plan": ("x | y",)}, {"reds": ("host/b",), "plan": ("x | y",)}, False),
        ({"reds": ("host/a",), "elsewhere": ("x | y",)}, {"reds": ("host/b",), "plan": ("x | y",), **ON_2}, False),
        ({"reds": ("host/a",), "spans": ("env",)}, {"reds": ("env/b",)}, False),
        ({"reds": ("host/a",), "spans": ("env",)}, {"reds": ("env/b",), **ON_2}, True),
        ({"reds": ("host/a",), "spans": ("env",)}, {"reds": ("host/b",), "plan": ("env | b",)}, False),
        ({"reds": ("host/a",), "spans": ("*",)}, {"reds": ("env/b",), **ON_2}, False),
        ({"reds": ("host/a",), "takes": ("x",)}, {"reds": ("host/b",), "takes": ("x", "y")}, False),
        ({"reds": ("host/a",), "takes": ("x",)}, {"reds": ("host/b",), "takes": ("x",), **ON_2}, True),
        ({"reds": ("host/a",), "takes": ("x",)}, {"reds": ("host/b",), "takes": ("y",)}, True),
        ({"reds": ("host/a",), "takes": ("node2:x",)}, {"reds": ("host/b",), "takes": ("node2:x",), **ON_2}, False),
        ({"reds": ("host/a",), **REFUSED}, {"reds": ("env/b",), **ON_2}, False),
    ],
)
def test_two_go_together_where_neither_hides_the_other(
    one: dict[str, object], other: dict[str, object], together: bool
) -> None:
    """Same check, operation, line or component made anew, and a refused plan keep them apart."""
    first, second = mutation("a-one", **one), mutation("a-other", **other)

    assert together is (len(grouped(first, second)) == 1)
    assert together is (len(grouped(second, first)) == 1)


def test_a_batch_is_of_one_tier() -> None:
    """A deeper look sees more of what a quick mutation does than its record names."""
    quick, deep = mutation("a-quick", reds=("host/a",)), mutation("a-deep", reds=("env/a",))

    assert [["a-quick"], ["a-deep"]] == grouped(deep, quick, tiers={"a-deep": Tier.STANDARD})


def test_the_catalogue_is_complete_and_no_batch_claims_twice() -> None:
    """Every mutation once, in batches that a person can still look through."""
    mutations = tuple(catalogue().values())
    of = {one.name: expected(one, (), NODES) for one in mutations}
    found = batches(mutations, of, dict.fromkeys(of, Tier.QUICK))
    claims = [[claim for one in batch for claim in of[one.name].claims] for batch in found]

    assert sorted(catalogue()) == sorted(one.name for batch in found for one in batch)
    assert MOST >= max(map(len, found))
    assert [len(set(each)) for each in claims] == [len(each) for each in claims]
