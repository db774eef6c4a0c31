"""Compare a run with the open periods; write only changed items."""

from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from trueup.drift.evidence import FLAP_WINDOW, PERFORMANCE, fails_often, family
from trueup.drift.model import FLEET, DriftItem, Run
from trueup.drift.store.encoding import WRONG
from trueup.drift.store.schema import checks, items, periods, samples
from trueup.outcome import Outcome


class Changes:
    """One run against what is stored; drifted, healed: item id -> "node component/what"."""

    def __init__(self, db: Connection, run: Run, number: int, ids: dict[str, int]) -> None:
        self.db, self.run, self.number, self.ids = db, run, number, ids
        self.checked: set[int] = set()
        self.drifted: dict[int, str] = {}
        self.healed: dict[int, str] = {}
        self.names = {number: name for name, number in ids.items()}
        self.open = {row.item: row for row in db.execute(select(periods).where(periods.c.until.is_(None)))}
        self.ended: list[int] = []
        self.begun: list[dict[str, Any]] = []

    def apply(self) -> None:
        """Compare every answer with the open span of its item."""
        known = self._items()
        for item in self.run.items:
            row = known[self.ids[item.node], item.check]
            if item.outcome is not None:
                self.checked.add(row.id)
                self._compare(row.id, self._counted(row.id, item))
        self._boots(known)
        mentioned = {(self.ids[item.node], item.check) for item in self.run.items}
        for (node, name), row in known.items():
            if (node, name) not in mentioned and not row.retired:
                self._unmentioned(row, node, name)
        self._write()

    def _items(self) -> dict[tuple[int, str], "Row[Any]"]:
        there = set(self.db.execute(select(checks.c.name)).scalars())
        new = {item.check: item for item in self.run.items if item.check not in there}
        if new:
            values = [
                {"name": i.check, "component": i.component, "kind": i.kind, "tier": i.tier, "why": i.why}
                for i in new.values()
            ]
            self.db.execute(insert(checks), values)
        ids = {row.name: row.id for row in self.db.execute(select(checks.c.name, checks.c.id))}
        have = {(row.node, row.check_id) for row in self.db.execute(select(items.c.node, items.c.check_id))}
        pairs = dict.fromkeys((self.ids[item.node], ids[item.check]) for item in self.run.items)
        added = [{"node": n, "check_id": c, "first_run": self.number} for n, c in pairs if (n, c) not in have]
        if added:
            self.db.execute(insert(items), added)
        found = select(items, checks.c.name, checks.c.component, checks.c.kind, checks.c.tier).join(checks)
        return {(row.node, row.name): row for row in self.db.execute(found)}

    def _counted(self, number: int, item: DriftItem) -> DriftItem:
        """A performance item as its last few samples have it; any other as it is."""
        if family(item.check) not in PERFORMANCE or item.outcome not in (Outcome.PASS, Outcome.FAIL):
            return item
        boot = self._boot(item.node)
        known = self.db.execute(
            select(samples.c.id, samples.c.failed, samples.c.boot).where(samples.c.item == number)
        ).all()
        fresh = item.attempts or (item.outcome,)
        values = [(attempt is Outcome.FAIL, boot) for attempt in fresh]
        everything = [*((bool(row.failed), row.boot) for row in known), *values]
        if any(failed for failed, _ in everything):
            for row in known[: max(0, len(everything) - FLAP_WINDOW)]:
                self.db.execute(delete(samples).where(samples.c.id == row.id))
            rows = [{"item": number, "run": self.number, "failed": int(f), "boot": b} for f, b in values[-FLAP_WINDOW:]]
            self.db.execute(insert(samples), rows)
        elif known:
            self.db.execute(delete(samples).where(samples.c.item == number))
        fails = fails_often(everything, boot)
        if fails == (item.outcome is Outcome.FAIL):
            return item
        if fails:
            was = self.open.get(number)
            text = was.actual if was else "failed in its last samples"
            return item.model_copy(update={"outcome": Outcome.FAIL, "actual": text})
        note = f"one sample failed, which does not count yet: {item.actual}"
        return item.model_copy(update={"outcome": Outcome.PASS, "notes": (*item.notes, note), "actual": ""})

    def _boot(self, node: str) -> str:
        seen = self.run.nodes.get(node)
        return (seen.boot if seen else None) or ""

    def _compare(self, number: int, item: DriftItem) -> None:
        assert item.outcome is not None
        was, now = self.open.get(number), item.outcome.value
        told = {"expected": item.expected, "actual": item.actual, "remedy": item.remedy, "notes": "\n".join(item.notes)}
        if was is not None and was.outcome == now:
            if any(getattr(was, key) != value for key, value in told.items()):
                self.db.execute(update(periods).where(periods.c.id == was.id).values(**told))
            return
        if was is not None:
            self.ended.append(was.id)
        self.begun.append({"item": number, "outcome": now, "since": self.number, **told})
        name = f"{item.node} {item.check}"
        if now in WRONG:
            if was is None or was.outcome not in WRONG:
                self.drifted[number] = name
        elif was is not None and was.outcome in WRONG:
            self.healed[number] = name

    def _boots(self, known: dict[tuple[int, str], "Row[Any]"]) -> None:
        """Evidence is of one boot; written only where a node started again, or an item is new."""
        boots = {self.ids[name]: seen.boot for name, seen in self.run.nodes.items() if seen.boot}
        rows = [
            {"i": row.id, "b": boots[row.node]}
            for row in known.values()
            if row.id in self.checked and row.node in boots and row.boot != boots[row.node]
        ]
        if rows:
            self.db.execute(update(items).where(items.c.id == bindparam("i")).values(boot=bindparam("b")), rows)

    def _unmentioned(self, row: "Row[Any]", node: int, name: str) -> None:
        """Handle an item in scope without a result: removed from the suite, or its result is missing."""
        run, owner = self.run, self.names[node]
        here = (owner in run.fleet and (not run.only or owner in run.only)) or (owner == FLEET and not run.only)
        if not here or (run.components and row.component not in run.components) or not self._answered(row.kind):
            return
        if row.kind == "plan" or run.complete:
            self._retire(row.id, f"{owner} {name}")
        elif run.tier.depth >= ["quick", "standard", "deep"].index(row.tier):
            self.checked.add(row.id)
            missing = DriftItem(
                node=owner,
                component=row.component,
                check=name,
                outcome=Outcome.UNKNOWN,
                expected="an answer",
                actual="it was asked and gave none",
                remedy="run trueup drift again; if it stays so, see what pytest prints",
            )
            self._compare(row.id, missing)

    def _answered(self, kind: str) -> bool:
        name = "plan/answers" if kind == "plan" else "acceptance/answers"
        return any(item.check == name and item.outcome is Outcome.PASS for item in self.run.items)

    def _retire(self, number: int, name: str) -> None:
        was = self.open.get(number)
        if was is not None:
            self.ended.append(was.id)
            if was.outcome in WRONG:
                self.healed[number] = name
        self.db.execute(update(items).where(items.c.id == number).values(retired=1))

    def _write(self) -> None:
        if self.ended:
            done = update(periods).where(periods.c.id == bindparam("i")).values(until=self.number)
            self.db.execute(done, [{"i": each} for each in self.ended])
        if self.begun:
            self.db.execute(insert(periods), self.begun)
            back = {row["item"] for row in self.begun}
            retired = select(items.c.id).where(items.c.retired == 1)
            again = [each for each in self.db.execute(retired).scalars() if each in back]
            for each in again:
                self.db.execute(update(items).where(items.c.id == each).values(retired=0))
