"""Which values over time are kept."""

import pytest
from sqlalchemy import select

from tests.unit.drift.factories import good, run
from trueup.drift.model import NodeState
from trueup.drift.store import Store
from trueup.drift.store.import_run import write
from trueup.drift.store.measurements import outside
from trueup.drift.store.schema import measures


@pytest.mark.parametrize(
    ("name", "last", "value", "kept"),
    [
        ("temperature[0]", 40.0, 44.0, False),
        ("temperature[0]", 40.0, 45.0, True),
        ("ecc[0]", 0.0, 1.0, True),
        ("ecc[0]", 1.0, 1.0, False),
        ("bandwidth", 10.0, 10.5, False),
        ("bandwidth", 10.0, 8.9, True),
    ],
)
def test_outside(name: str, last: float, value: float, kept: bool) -> None:
    """Noise is not kept; a counter that moved by one is."""
    assert kept == outside(name, last, value)


def test_values_are_kept_when_they_leave_their_band(store: Store) -> None:
    """Against the last kept value, so that a slow rise is seen."""
    for hour, degrees in enumerate((40.0, 43.0, 46.0, 47.0, 40.0)):
        states = {"n1": NodeState(boot="b", machine="m", profile="d", measures={"temperature[0]": degrees})}
        write(store, run(good(), hour=hour, states=states))
    with store.reading() as db:
        found = list(db.execute(select(measures.c.value).order_by(measures.c.run)).scalars())

    assert [40.0, 46.0, 40.0] == found
