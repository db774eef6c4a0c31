"""The proof run on one lab: green, break, look, heal, green again; batch by batch."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from time import monotonic

from lab.errors import LabError
from lab.fault_coverage.attribution import Key, trace
from lab.fault_coverage.batches import Batch, batches
from lab.fault_coverage.commands import Accepted, Observation, Planned, Refused
from lab.fault_coverage.expected import Expected, expected, hidden
from lab.fault_coverage.result import FaultVerdict
from lab.fault_coverage.verdicts import BatchObservation, changed, judge, strays
from lab.faults import catalogue
from lab.faults.fault import Fault
from lab.instance import Instance
from lab.progress import Steps
from trueup.accept.tiers import Tier

NOTHING = Accepted({}, {})
AT_ONCE = 4  # looks whether a mutation shows; more only wait for a processor


class CoverageRun:
    """One run; green: the answers of the healthy pair, asked once and again after each batch."""

    def __init__(self, instance: Instance, steps: Steps, most: Tier) -> None:
        """Nothing is looked at yet. most: the deepest tier that is asked."""
        self.instance, self.steps, self.looks, self.most = instance, steps, Observation(instance.name), most
        self.whole = min(most, Tier.STANDARD, key=lambda tier: tier.depth)
        self.green = NOTHING
        self.seconds: list[float] = []

    def begin(self) -> None:
        """The pair as it must be; raises LabError where it is not."""
        with self.steps.step("accept the healthy pair"):
            self.green = self.looks.accept(self.whole)
        bad = [
            f"{node}: {check}: {found}"
            for (node, check), found in self.green.answers.items()
            if not found.startswith("pass")
        ]
        if bad:
            raise LabError("accept", expected="a healthy pair", actual="\n".join(bad), remedy="pyinfra -y, then again")

    def expected(self, mutations: Sequence[Fault]) -> dict[str, Expected]:
        """What each must change here."""
        return {one.name: expected(one, self.green.tiers.keys(), self.instance.node_names) for one in mutations}

    def within(self, mutations: Sequence[Fault]) -> list[Fault]:
        """Those whose checks all belong to the tiers that are asked."""
        of = self.expected(mutations)
        return [one for one in mutations if self.most.includes(self.tier(one, of[one.name]))]

    def prove(self, mutations: Sequence[Fault]) -> Iterator[list[FaultVerdict]]:
        """A verdict on each, batch by batch."""
        of = self.expected(mutations)
        left = hidden(of, self.green.answers)
        if left:
            raise LabError(
                "accept", expected="a pair with nothing left on it", actual="\n".join(left), remedy="take it away"
            )
        planned = batches(mutations, of, {one.name: self.tier(one, of[one.name]) for one in mutations})
        for number, batch in enumerate(planned, start=1):
            began = monotonic()
            with self.steps.step(f"batch {number} of {len(planned)}: {', '.join(one.name for one in batch)}"):
                found = self._batch(batch, of, number)
            self.seconds.append(round(monotonic() - began, 1))
            yield found

    def _batch(self, batch: Batch, of: Mapping[str, Expected], number: int) -> list[FaultVerdict]:
        tier = max((self.tier(one, of[one.name]) for one in batch), key=lambda tier: tier.depth)
        try:
            seconds = {one.name: self._break(one) for one in batch}
            lost = frozenset(one.name for one in batch) - self._there(batch)
            broken, plan = self._look(tier)
            self._heal(batch)
            after, left = self._look(tier)
        finally:
            catalogue.mend(self.instance)
        still = self._there(batch)
        green = self.green.within(tier)
        seen = BatchObservation(
            green, broken.answers, plan, after.answers, left, still, lost, broken.words, after.words
        )
        return judge(batch, of, replace(seen, culprits=self._culprits(batch, of, seen, tier)), seconds, number)

    def _there(self, batch: Batch) -> frozenset[str]:
        """Those that show."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            shown = pool.map(lambda one: catalogue.is_there(self.instance, one), batch)
            return frozenset(one.name for one, shows in zip(batch, shown, strict=True) if shows)

    def _heal(self, batch: Batch) -> None:
        catalogue.mend(self.instance)
        if any(one.heals for one in batch):
            self.looks.converge()
            catalogue.mend(self.instance)

    def _culprits(
        self, batch: Batch, of: Mapping[str, Expected], seen: BatchObservation, tier: Tier
    ) -> Mapping[Key, str]:
        """Where a stray answer comes from; the pair is healthy before and afterwards."""
        found = strays(batch, of, seen)
        if not found or len(batch) == 1:
            return {}
        components = sorted({stray.component for stray in found})
        with self.steps.step(f"whence {', '.join(stray.key[1] for stray in found)}"):
            try:
                return trace(batch, found, self._break, lambda: self.looks.accept(tier, components).answers)
            finally:
                self._heal(batch)

    def tier(self, mutation: Fault, want: Expected) -> Tier:
        """The cheapest tier that holds all its checks."""
        own = [self.green.tiers[key] for key in want.answers if key in self.green.tiers]
        return max((*own, Tier.DEEP if mutation.deep else Tier.QUICK), key=lambda tier: tier.depth)

    def end(self) -> None:
        """The pair is as it was, in all that was looked at; raises LabError where it is not."""
        with self.steps.step("accept the healed pair"):
            left = changed(self.green.answers, self.looks.accept(self.whole).answers)
        if left:
            found = "\n".join(f"{node}: {check}: {answer}" for (node, check), answer in left.items())
            raise LabError("accept", expected="all as before", actual=found, remedy="see which break left it so")

    def _break(self, mutation: Fault) -> float:
        began = monotonic()
        catalogue.break_(self.instance, mutation.name)
        return monotonic() - began

    def _look(self, tier: Tier) -> tuple[Accepted, Planned | Refused]:
        """Both only look, so that they may look at once."""
        with ThreadPoolExecutor(2) as pool:
            answers, plan = pool.submit(self.looks.accept, tier), pool.submit(self.looks.plan)
        return answers.result(), plan.result()


def uncovered(asked: Collection[tuple[str, str]], mutations: Collection[Fault]) -> tuple[str, ...]:
    """Checks that no mutation names; with one parameter broken, a check counts as covered."""
    named = {check.partition("[")[0] for one in mutations for check in (*one.reds, *one.blind, *one.notes)}
    return tuple(sorted({check.partition("[")[0] for _, check in asked} - named))
