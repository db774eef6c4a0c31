"""One run of acceptance: selects checks, collects results, writes them and sets the exit status."""

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from trueup.accept import bundled_items, comparison, pytest_report, selection
from trueup.accept.connections import shell_pool
from trueup.accept.prefetch import is_prefetchable, node_under_test, prefetch
from trueup.accept.pytest_compat import terminal_width
from trueup.accept.tiers import SkippedByTier
from trueup.outcome import CheckResult, Outcome, exit_status


class Acceptance:
    """Collects the results of a run, in the controller under xdist, else in the only process."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.answers: dict[tuple[str, str], CheckResult] = {}
        self.selected: set[str] = set()
        self.answered: set[str] = set()
        self.deeper: dict[tuple[str, str], SkippedByTier] = {}
        self.scopes: set[str] = set()

    def take(self, answer: CheckResult) -> None:
        """Store a result; a failed teardown overrides a pass."""
        self.answers[answer.node, answer.check] = answer

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        # Here, because a worker cannot end a run with one message and a status of its choice.
        if not hasattr(session.config, "workerinput"):
            selection.refuse_wrong_options(session.config)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        ours = [item for item in items if selection.is_acceptance(item.nodeid)]
        if not ours:
            return
        if bundled_items.bundles(config):
            wanted = config.getoption("--component")
            kept = [item for item in ours if not wanted or selection.component_of(item.nodeid) in wanted]
            kept.sort(key=lambda item: bundled_items.scope_of(config, item.nodeid))
            self._keep(config, items, ours, kept)
            return
        applicable, left = selection.sort_out(config, ours)
        kept, deeper = selection.leave_deeper(config, applicable)
        self.deeper |= {(one.node, one.check): one for one in deeper}
        for answer in left:
            self.take(answer)
        # Without workers a node's fixtures would else be made anew with each change of the node: pytest's own order
        # goes by all parameters.
        kept.sort(key=lambda item: bundled_items.scope_of(config, item.nodeid))
        self._keep(config, items, ours, kept)

    def _keep(
        self, config: pytest.Config, items: list[pytest.Item], ours: list[pytest.Item], kept: list[pytest.Item]
    ) -> None:
        keep = set(kept)
        config.hook.pytest_deselected(items=[item for item in ours if item not in keep])
        items[:] = [*(item for item in items if not selection.is_acceptance(item.nodeid)), *kept]
        self.selected |= {item.nodeid for item in kept}

    def pytest_pycollect_makemodule(
        self, module_path: Path, parent: pytest.Collector
    ) -> bundled_items.BundledModule | None:
        nodeid = module_path.relative_to(parent.config.rootpath).as_posix()
        if not selection.is_acceptance(nodeid) or not bundled_items.bundles(parent.config):
            return None
        return bundled_items.BundledModule.from_parent(parent, path=module_path)

    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
        self._prefetch(item)
        if not isinstance(item, bundled_items.BundledItem):
            return None
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        item.ihook.pytest_runtest_logreport(report=bundled_items.report_of(item, nextitem))
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True

    def _prefetch(self, item: pytest.Item) -> None:
        """Prefetch before a scope's first check; in a large fleet, close the last scope's shells."""
        if not selection.is_acceptance(item.nodeid) or not self.config.getoption("prefetch"):
            return
        scope = self._scope_of(item)
        if scope in self.scopes:
            return
        self.scopes.add(scope)
        pool = shell_pool(self.config)
        here = [each for each in item.session.items if self._scope_of(each) == scope]
        if bundled_items.bundles(self.config):
            # A thousand shells are more than a controller needs to hold.
            pool.close()
            here = [check for each in here if isinstance(each, bundled_items.BundledItem) for check in each.prepare()]
        prefetch(self.config, pool, here)

    def _scope_of(self, item: pytest.Item) -> str:
        if hasattr(self.config, "workerinput") or bundled_items.bundles(self.config):
            return bundled_items.scope_of(self.config, item.nodeid)
        # A single process has one scope of all nodes, and prefetches them at once.
        return ""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        if node := node_under_test(item):
            shell_pool(self.config).start_check(node, only_reads=is_prefetchable(item))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_call(self) -> None:
        comparison.forget(self.config)

    def pytest_assertrepr_compare(self, op: str, left: object, right: object) -> None:
        comparison.remember(self.config, op, left, right)

    def pytest_unconfigure(self, config: pytest.Config) -> None:
        shell_pool(config).close()

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, None]:
        result = yield
        report: pytest.TestReport = result.get_result()
        if not selection.is_acceptance(item.nodeid):
            return
        answer = pytest_report.judge(item, call, report, selection.names(self.config))
        if answer is None:
            return
        report.user_properties = [*report.user_properties, (pytest_report.PROPERTY, answer.model_dump_json())]
        if answer.outcome is not Outcome.PASS:
            report.outcome = "failed"
            if self.config.get_verbosity() < 1:
                report.longrepr = pytest_report.as_text(answer)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for name, value in report.user_properties:
            if name == pytest_report.PROPERTY:
                self.take(CheckResult.model_validate_json(str(value)))
                self.answered.add(report.nodeid)
            elif name == bundled_items.DEEPER:
                one = SkippedByTier.model_validate_json(str(value))
                self.deeper[one.node, one.check] = one
            elif name == bundled_items.MISSING:
                self.selected.add(str(value))
            elif name == bundled_items.ASKED:
                self.answered.add(report.nodeid)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            left = [a for a in self.answers.values() if a.outcome is Outcome.NOT_APPLICABLE]
            output["trueup"] = [answer.model_dump_json() for answer in left]
            output["trueup-deeper"] = [one.model_dump_json() for one in self.deeper.values()]
            return
        if self.selected and session.exitstatus in (0, 1):
            missing = len(self.selected - self.answered)
            session.exitstatus = exit_status((result.outcome for result in self.answers.values()), missing)
        self._write_records()

    def _write_records(self) -> None:
        path = self.config.getoption("--results")
        if path:
            ordered = sorted(self.answers.values(), key=lambda answer: (answer.node, answer.check))
            text = json.dumps([answer.model_dump(mode="json") for answer in ordered], indent=1)
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            Path(path).write_text(text + "\n", encoding="utf-8")
        path = self.config.getoption("--skipped-by-tier")
        if path:
            deeper = [one.model_dump(mode="json") for _, one in sorted(self.deeper.items())]
            Path(path).write_text(json.dumps(deeper) + "\n", encoding="utf-8")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self.selected or self.config.getoption("--no-table"):
            return
        # rich is not needed by workers, which report nothing.
        from trueup.accept import terminal_summary

        fleet, _ = selection.declared(self.config)
        out = {node.name: node.maintenance or "" for node in fleet.maintenance}
        width = terminal_width(terminalreporter)
        terminalreporter.write_line(terminal_summary.summary(list(self.answers.values()), out, width))
        for nodeid in sorted(self.selected - self.answered):
            terminalreporter.write_line(f"missing: {nodeid} was selected and gave no answer")
        if self.deeper:
            checks = ", ".join(sorted({check for _, check in self.deeper}))
            terminalreporter.write_line(f"not looked at in this tier: {checks}")
