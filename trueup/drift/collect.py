"""The two that look, each in a process of its own: pyinfra's dry plan, and pytest's acceptance."""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from trueup.accept.tiers import SkippedByTier, Tier
from trueup.drift.model import FLEET, DriftItem, NodeState, from_change, from_result, from_skipped
from trueup.drift.state_dir import LOOKING
from trueup.outcome import CheckResult, Outcome
from trueup.plan import CannotPlan, Change, run_dry

# A deep run hashes whole environments on every node; more than this means that something hangs.
DEADLINE_S = 3600.0
# Statuses of pytest after which every selected check has answered (trueup.outcome.exit_status).
COMPLETE = (0, 1)
_ANSWERS = TypeAdapter(list[CheckResult])
_LEFT = TypeAdapter(list[SkippedByTier])


@dataclass(frozen=True)
class Collected:
    """What one of the two said.

    complete: nothing that it should have answered is missing. measures: the fleet's. seen: the nodes that told.
    """

    items: tuple[DriftItem, ...]
    complete: bool
    measures: dict[str, float] = field(default_factory=dict)
    seen: dict[str, NodeState] = field(default_factory=dict)


@dataclass(frozen=True)
class RunRequest:
    """What a run asks: of which inventory, how deep, of which nodes and components only (() for all).

    scratch: the folder for what lives as long as the look; None for the system's own.
    """

    inventory: Path
    tier: Tier
    only: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    scratch: Path | None = None


def plan(question: RunRequest, nodes: tuple[str, ...], changes: tuple[Change, ...] | None = None) -> Collected:
    """The dry plan as items; where there is none, one item of the fleet that could not be looked at."""
    try:
        operations = _dry(question.inventory, question.tier is Tier.QUICK) if changes is None else changes
    except CannotPlan as error:
        return Collected((_unanswered("plan", "the dry plan", str(error)),), complete=False)
    chosen = [name for name in nodes if not question.only or name in question.only]
    items = {(i.node, i.check, i.outcome): i for change in operations for i in from_change(change, chosen)}
    # Two operations of one name are one item, which is in order when both are.
    for node, name, outcome in list(items):
        if outcome is Outcome.FAIL:
            items.pop((node, name, Outcome.PASS), None)
    wanted = tuple(item for item in items.values() if not question.components or item.component in question.components)
    answers = DriftItem(node=FLEET, component="plan", check="plan/answers", kind="plan", outcome=Outcome.PASS, why=_WHY)
    return Collected((answers, *wanted), complete=True)


def _dry(inventory: Path, quick: bool) -> tuple[Change, ...]:
    """A node that was too busy to log in is asked a second time before anybody is told; the second answer counts."""
    try:
        return run_dry(inventory, quick=quick)
    except CannotPlan:
        return run_dry(inventory, quick=quick)


_WHY = "without its answer nobody knows what drifted"


def checks(question: RunRequest, workers: int, keyword: str | None = None) -> Collected:
    """The acceptance suite's answers; keyword: pytest's -k, to look at some again."""
    with tempfile.TemporaryDirectory(prefix=LOOKING, dir=question.scratch) as folder:
        records, left, seen = Path(folder, "records.json"), Path(folder, "left.json"), Path(folder, "seen")
        # hypothesis, where it is installed, is imported by its plugin at the end of every run: two seconds for nothing.
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest"]
        command += ["-n", str(workers)] if workers > 1 else []
        # pytest takes a path that stands by itself, and exists, for one of tests.
        command += [f"--inventory={question.inventory}", "--tier", question.tier.value]
        command += ["--results", str(records), "--skipped-by-tier", str(left)]
        command += ["--no-table", "-p", "trueup.drift.pytest_plugin", "--seen", str(seen)]
        command += [part for name in question.only for part in ("--node", name)]
        command += [part for name in question.components for part in ("--component", name)]
        command += ["-k", keyword] if keyword else []
        command += ["tests/node", "tests/fleet"]
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=DEADLINE_S, check=False
            )
        except subprocess.TimeoutExpired:
            why = f"acceptance gave no answer within {DEADLINE_S:.0f} s"
            return Collected((_unanswered("acceptance", "the checks", why),), complete=False)
        return _read(records, left, seen, done)


def _read(records: Path, left: Path, seen: Path, done: "subprocess.CompletedProcess[str]") -> Collected:
    try:
        raw = _ANSWERS.validate_json(records.read_bytes())
        answers = [from_result(answer) for answer in raw]
        measures = {name: value for answer in raw for name, value in answer.measures.items()}
        deeper = [from_skipped(one) for one in _LEFT.validate_json(left.read_bytes())]
    except (OSError, ValidationError, json.JSONDecodeError):
        answers, deeper, measures = [], [], {}
    if not answers:
        tail = "\n".join((done.stderr.strip() or done.stdout.strip()).splitlines()[-15:])
        return Collected((_unanswered("acceptance", "the checks", tail),), complete=False)
    told = DriftItem(node=FLEET, component="acceptance", check="acceptance/answers", outcome=Outcome.PASS, why=_WHY)
    nodes = {file.stem: NodeState.model_validate_json(file.read_bytes()) for file in seen.glob("[!.]*.json")}
    return Collected((told, *answers, *deeper), done.returncode in COMPLETE, measures, nodes)


def _unanswered(component: str, what: str, found: str) -> DriftItem:
    return DriftItem(
        node=FLEET,
        component=component,
        check=f"{component}/answers",
        kind="plan" if component == "plan" else "check",
        outcome=Outcome.UNKNOWN,
        why=_WHY,
        expected=what,
        actual=found,
        remedy="mend what it says, then look again; nothing is known until then",
    )
