"""Nodes that are renamed, removed, added, reinstalled or left alone."""

from sqlalchemy import select

from tests.unit.drift.factories import HOUR, START, bad, good, run
from trueup.drift.model import NodeState
from trueup.drift.store import Store
from trueup.drift.store.current import fleet_now, nodes_now
from trueup.drift.store.history import HistoryQuery, incidents
from trueup.drift.store.import_run import write
from trueup.drift.store.schema import events, nodes, outbox

FIRST = NodeState(boot="b1", machine="m-n1", packages="p1", profile="d1")


def said(store: Store) -> list[tuple[str | None, str]]:
    """(node, what) of every event."""
    with store.reading() as db:
        rows = db.execute(
            select(nodes.c.name, events.c.kind).select_from(events).outerjoin(nodes).order_by(events.c.id)
        )
        return [(row[0], row[1]) for row in rows]


def test_renamed_node_keeps_its_history(store: Store) -> None:
    """The same machine-id under another name is the same machine."""
    write(store, run([bad("n1"), *good()[1:]]))
    write(store, run([bad("new"), *good("new", "n2")[1:]], nodes=("new", "n2"), states={"new": FIRST}, hour=1))
    (one,) = incidents(store, HistoryQuery(now=START + HOUR))

    assert [("new", "renamed")] == said(store)
    assert ("new", START, None) == (one.node, one.drifted, one.healed)


def test_two_new_nodes_with_one_machine_id_are_no_rename(store: Store) -> None:
    """Cloned images share a machine-id: nothing is guessed."""
    write(store, run(good()))
    twins = {"x": FIRST, "y": FIRST}
    write(store, run(good("x", "y", "n2"), nodes=("x", "y", "n2"), states=twins, hour=1))

    assert {("x", "added"), ("y", "added"), ("n1", "removed")} == set(said(store))


def test_removed_node_counts_no_more_and_its_incident_closes(store: Store) -> None:
    """Its history stays; nothing of it is asked any longer."""
    write(store, run(good()))
    write(store, run([bad("n1"), *good()[1:]], hour=1))
    write(store, run(good("n2"), nodes=("n2",), hour=2))
    with store.reading() as db:
        kinds = list(db.execute(select(outbox.c.kind)).scalars())
    left = {one.node for one in fleet_now(store, START + 2 * HOUR)}

    assert (["opened", "closed"], {"fleet", "n2"}) == (kinds, left)
    assert 1 == len(incidents(store, HistoryQuery(now=START + 2 * HOUR, node="n1")))
    assert {"n2"} == set(nodes_now(store))


def test_what_changed_with_a_drift(store: Store) -> None:
    """A boot, other packages, an edited profile and a reinstall stand beside what drifted in that run."""
    write(store, run(good()))
    other = NodeState(boot="b2", machine="m-other", packages="p2", profile="d2")
    write(store, run([bad("n1"), *good()[1:]], states={"n1": other}, hour=1))
    (one,) = incidents(store, HistoryQuery(now=START + HOUR))

    assert [
        "started again",
        "reinstalled: its machine-id is another",
        "the installed packages changed",
        "the profile was edited",
    ] == list(one.changed)


def test_heal_is_reported_with_what_it_healed(store: Store) -> None:
    """History tells trueup's own converge from a hand's."""
    write(store, run([bad("n1"), *good()[1:]]))
    write(store, run(good(), hour=1).model_copy(update={"kind": "heal"}))
    (one,) = incidents(store, HistoryQuery(now=START + HOUR))

    assert ("trueup's own converge ran before this look",) == one.healed_with


def test_node_that_does_not_answer_has_not_changed(store: Store) -> None:
    """Not seen is not another boot."""
    write(store, run(good()))
    write(store, run(good(), states={"n1": NodeState(profile="d1")}, hour=1))

    assert [] == said(store)
