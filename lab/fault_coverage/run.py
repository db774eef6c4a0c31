"""Run the faults on one pair: inject, accept and plan, repair, and accept again, batch by batch."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from time import monotonic

from lab.errors import LabError
from lab.fault_coverage.attribution import Key, attribute
from lab.fault_coverage.batches import Batch, batches
from lab.fault_coverage.commands import Accepted, Observation, Planned, Refused
from lab.fault_coverage.expected import Expected, expected, hidden
from lab.fault_coverage.result import FaultVerdict
from lab.fault_coverage.verdicts import BatchObservation, changed, evaluate, unclaimed
from lab.faults import catalogue
from lab.faults.fault import Fault
from lab.instance import Instance
from lab.progress import Steps
from trueup.accept import Tier

NOTHING = Accepted({}, {})
MAX_PARALLEL = 4  # verify commands; more only wait for a processor


class CoverageRun:
    """One run on one pair."""

    def __init__(self, instance: Instance, steps: Steps, most: Tier) -> None:
        """Run nothing yet. most: the deepest tier that acceptance runs."""
        self.instance, self.steps, self.commands, self.most = instance, steps, Observation(instance.name), most
        self.whole = min(most, Tier.STANDARD, key=lambda tier: tier.depth)
        self.healthy = NOTHING
        self.seconds: list[float] = []

    def begin(self) -> None:
        """Accept the healthy pair; raises LabError where a check does not pass."""
        with self.steps.step("accept the healthy pair"):
            self.healthy = self.commands.accept(self.whole)
        bad = [
            f"{node}: {check}: {found}"
            for (node, check), found in self.healthy.answers.items()
            if not found.startswith("pass")
        ]
        if bad:
            raise LabError("accept", expected="a healthy pair", actual="\n".join(bad), remedy="pyinfra -y, then again")

    def expected(self, faults: Sequence[Fault]) -> dict[str, Expected]:
        """Return what each fault must change on this pair."""
        return {one.name: expected(one, self.healthy.tiers.keys(), self.instance.node_names) for one in faults}

    def within(self, faults: Sequence[Fault]) -> list[Fault]:
        """Return the faults whose checks all belong to the tiers that run."""
        of = self.expected(faults)
        return [one for one in faults if self.most.includes(self.tier(one, of[one.name]))]

    def verdicts(self, faults: Sequence[Fault]) -> Iterator[list[FaultVerdict]]:
        """Yield the verdicts of each batch."""
        of = self.expected(faults)
        left = hidden(of, self.healthy.answers)
        if left:
            raise LabError(
                "accept", expected="a pair with nothing left on it", actual="\n".join(left), remedy="take it away"
            )
        planned = batches(faults, of, {one.name: self.tier(one, of[one.name]) for one in faults})
        for number, batch in enumerate(planned, start=1):
            began = monotonic()
            with self.steps.step(f"batch {number} of {len(planned)}: {', '.join(one.name for one in batch)}"):
                found = self._batch(batch, of, number)
            self.seconds.append(round(monotonic() - began, 1))
            yield found

    def _batch(self, batch: Batch, of: Mapping[str, Expected], number: int) -> list[FaultVerdict]:
        tier = max((self.tier(one, of[one.name]) for one in batch), key=lambda tier: tier.depth)
        try:
            seconds = {one.name: self._inject(one) for one in batch}
            overwritten = frozenset(one.name for one in batch) - self._in_place(batch)
            broken, plan = self._accept_and_plan(tier)
            self._repair(batch)
            after, plan_after = self._accept_and_plan(tier)
        finally:
            catalogue.undo(self.instance)
        still_there = self._in_place(batch)
        healthy = self.healthy.within(tier)
        observed = BatchObservation(
            healthy,
            broken.answers,
            plan,
            after.answers,
            plan_after,
            still_there,
            overwritten,
            broken.messages,
            after.messages,
        )
        observed = replace(observed, attributed=self._attribute(batch, of, observed, tier))
        return evaluate(batch, of, observed, seconds, number)

    def _in_place(self, batch: Batch) -> frozenset[str]:
        """Return the faults that are in place."""
        with ThreadPoolExecutor(MAX_PARALLEL) as pool:
            shown = pool.map(lambda one: catalogue.is_there(self.instance, one), batch)
            return frozenset(one.name for one, shows in zip(batch, shown, strict=True) if shows)

    def _repair(self, batch: Batch) -> None:
        catalogue.undo(self.instance)
        if any(one.converge_repairs for one in batch):
            self.commands.converge()
            catalogue.undo(self.instance)

    def _attribute(
        self, batch: Batch, of: Mapping[str, Expected], observed: BatchObservation, tier: Tier
    ) -> Mapping[Key, str]:
        """Attribute unclaimed failures to faults; the pair is healthy before and afterwards."""
        found = unclaimed(batch, of, observed)
        if not found or len(batch) == 1:
            return {}
        components = sorted({failure.component for failure in found})
        with self.steps.step(f"attribute {', '.join(failure.key[1] for failure in found)}"):
            try:
                return attribute(batch, found, self._inject, lambda: self.commands.accept(tier, components).answers)
            finally:
                self._repair(batch)

    def tier(self, fault: Fault, expectation: Expected) -> Tier:
        """Return the cheapest tier that has all of its checks."""
        own = [self.healthy.tiers[key] for key in expectation.answers if key in self.healthy.tiers]
        return max((*own, Tier.DEEP if fault.deep else Tier.QUICK), key=lambda tier: tier.depth)

    def end(self) -> None:
        """Accept the repaired pair; raises LabError where a result differs from before the run."""
        with self.steps.step("accept the repaired pair"):
            left = changed(self.healthy.answers, self.commands.accept(self.whole).answers)
        if left:
            found = "\n".join(f"{node}: {check}: {answer}" for (node, check), answer in left.items())
            raise LabError("accept", expected="all as before", actual=found, remedy="see which fault left it so")

    def _inject(self, fault: Fault) -> float:
        began = monotonic()
        catalogue.inject(self.instance, fault.name)
        return monotonic() - began

    def _accept_and_plan(self, tier: Tier) -> tuple[Accepted, Planned | Refused]:
        """Accept and plan at once: neither changes a node."""
        with ThreadPoolExecutor(2) as pool:
            answers, plan = pool.submit(self.commands.accept, tier), pool.submit(self.commands.plan)
        return answers.result(), plan.result()


def uncovered(checks_run: Collection[tuple[str, str]], faults: Collection[Fault]) -> tuple[str, ...]:
    """Return the checks that no fault names; a fault of one parameter covers the check."""
    named = {check.partition("[")[0] for fault in faults for check in fault.checks}
    return tuple(sorted({check.partition("[")[0] for _, check in checks_run} - named))
