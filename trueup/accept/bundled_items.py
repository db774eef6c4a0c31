"""Large fleets: one pytest item per node and component; results stay one per check.

100,000 items take pytest minutes and gigabytes, in every worker, before the first of them runs. So the checks of a
node and component become pytest items only where and when they run, by pytest's own machinery, and are dropped then.

pytest's subtests do not do instead: a subtest has no item of its own, so that marks, fixtures, tiers, and a setup that
fails would belong to the whole component, and one unknown result would hide the others.
"""

import time
from collections.abc import Iterator

import pytest

from trueup.accept import pytest_compat, pytest_report, selection
from trueup.accept.tiers import SkippedByTier
from trueup.declaration import Node
from trueup.outcome import CheckResult

ASKED, DEEPER, MISSING = "trueup.asked", "trueup.deeper", "trueup.missing"
# Nodes of a large fleet that one worker connects to, and asks, at once.
AT_ONCE = 32
# In the id of an item; no check is called so, because a check's name begins with test_.
ALL = "all"


def bundles(config: pytest.Config) -> bool:
    """Tell whether this run's fleet is large; with -k, -m or a test's id, checks stay single items."""
    few = config.getoption("keyword") or config.getoption("markexpr") or any("::" in each for each in config.args)
    return not few and len(selection.chosen(config)) > config.getoption("--bundle-above")


def scope_of(config: pytest.Config, nodeid: str) -> str:
    """What belongs together: the checks of a node; in a large fleet, those of some nodes; a file of other tests."""
    if not selection.is_acceptance(nodeid):
        return nodeid.split("::", 1)[0]
    name = selection.node_of(nodeid, known := selection.names(config))
    return f"{known[name] // AT_ONCE}" if name in known and bundles(config) else name


class BundledModule(pytest.Module):
    """Collect one item per node from a file of checks."""

    _known = False

    def collect(self) -> Iterator["BundledItem"]:
        """Yield one item per node; all checks between nodes are one item."""
        if self.nodeid.startswith(selection.FLEET):
            yield BundledItem.from_parent(self, name=ALL, asked=None)
            return
        for node in selection.chosen(self.config):
            yield BundledItem.from_parent(self, name=f"{ALL}[{node.name}]", asked=node)

    def checks(self, node: Node | None) -> list[pytest.Item]:
        """Return the component's checks as pytest items, for this node only."""
        with selection.only_for(self.config, node):
            # The first time also makes the file's fixtures known, which may happen once only.
            found = pytest_compat.collect_again(self) if self._known else super().collect()
            self._known = True
            return list(_flat(found))


def _flat(found: object) -> Iterator[pytest.Item]:
    for each in found:  # type: ignore[attr-defined]  # whatever iterable a collector gives
        if isinstance(each, pytest.Collector):
            yield from _flat(each.collect())
        else:
            yield each


class BundledItem(pytest.Item):
    """All checks of a component on one node."""

    def __init__(self, *, asked: Node | None, **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]  # as pytest's own from_parent hands them on
        self.asked = asked
        self._sorted: tuple[list[pytest.Item], list[CheckResult], list[SkippedByTier]] | None = None

    def reportinfo(self) -> tuple[object, int | None, str]:  # type: ignore[override]
        """Where it stands."""
        return self.path, None, self.nodeid

    def runtest(self) -> None:
        """Refuse: run_checks() runs the checks in its place."""
        raise NotImplementedError

    def prepare(self) -> list[pytest.Item]:
        """Make the component's checks; those to run."""
        if self._sorted is None:
            self._sorted = self._sort_out()
        return self._sorted[0]

    def take(self) -> tuple[list[pytest.Item], list[CheckResult], list[SkippedByTier]]:
        """The checks to run, the answers of those that do not apply, and what is left for a deeper tier."""
        self.prepare()
        assert self._sorted is not None
        # Kept no longer than needed: a fleet's checks do not fit in memory.
        found, self._sorted = self._sorted, None
        return found

    def _sort_out(self) -> tuple[list[pytest.Item], list[CheckResult], list[SkippedByTier]]:
        assert isinstance(self.parent, BundledModule)
        items = self.parent.checks(self.asked)
        if self.asked is not None and self.asked != selection.chosen(self.config)[0]:
            # A check without a node argument belongs to no node, and runs once.
            items = [item for item in items if selection.asks_a_node(item)]
        applicable, left = selection.sort_out(self.config, items)
        kept, deeper = selection.leave_deeper(self.config, applicable)
        return kept, left, deeper


def run_checks(item: BundledItem, items: list[pytest.Item], nextitem: pytest.Item | None) -> list[pytest.TestReport]:
    """Run these checks as pytest runs any; return the reports of all phases."""
    reports = []
    for each, after in zip(items, [*items[1:], nextitem], strict=True):
        reports += pytest_compat.run_phases(each, after)
        if item.session.shouldfail or item.session.shouldstop:
            break
    return reports


def report_of(item: BundledItem, nextitem: pytest.Item | None) -> pytest.TestReport:
    """Ask everything; one report that carries every answer."""
    start, clock = time.time(), time.perf_counter()
    items, left, deeper = item.take()
    reports = run_checks(item, items, nextitem)
    told = [value for report in reports for name, value in report.user_properties if name == pytest_report.PROPERTY]
    answers = {(a.node, a.check): a for a in (*left, *(CheckResult.model_validate_json(str(text)) for text in told))}
    bad = [report for report in reports if report.failed]
    loud = item.config.get_verbosity() >= 1
    texts = [f"{report.nodeid}\n{report.longrepr}" if loud else str(report.longrepr) for report in bad]
    missing = sorted({each.nodeid for each in items} - {report.nodeid for report in reports if _answered(report)})
    return pytest.TestReport(
        nodeid=item.nodeid,
        location=item.location,
        keywords={},
        outcome="failed" if bad or missing else "passed",
        longrepr="\n\n".join([*texts, *(f"{nodeid} was selected and gave no answer" for nodeid in missing)]) or None,
        when="call",
        duration=time.perf_counter() - clock,
        start=start,
        stop=time.time(),
        user_properties=[
            (ASKED, len(items)),
            *((pytest_report.PROPERTY, answer.model_dump_json()) for answer in answers.values()),
            *((DEEPER, each.model_dump_json()) for each in deeper),
            *((MISSING, nodeid) for nodeid in missing),
        ],
    )


def _answered(report: pytest.TestReport) -> bool:
    return any(name == pytest_report.PROPERTY for name, _ in report.user_properties)
