"""Run pyinfra's dry plan and pytest's acceptance, each in a process of its own."""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from trueup.accept import SkippedByTier, Tier
from trueup.drift.model import FLEET, DriftItem, NodeState, from_change, from_result, from_skipped
from trueup.drift.state_dir import SCRATCH_PREFIX
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
    """What the dry plan, or acceptance, found."""

    items: tuple[DriftItem, ...]
    """Its items."""
    complete: bool
    """Whether no result is missing."""
    measures: dict[str, float] = field(default_factory=dict)
    """Measured values of the fleet."""
    node_states: dict[str, NodeState] = field(default_factory=dict)
    """State of each node that answered."""


@dataclass(frozen=True)
class RunRequest:
    """What a run covers."""

    inventory: Path
    """The inventory file."""
    tier: Tier
    """How deep."""
    only: tuple[str, ...] = ()
    """Nodes; empty for all."""
    components: tuple[str, ...] = ()
    """Components; empty for all."""
    scratch: Path | None = None
    """The folder for temporary files; None for the system's own."""


def run_plan(request: RunRequest, nodes: tuple[str, ...], changes: tuple[Change, ...] | None = None) -> Collected:
    """The dry plan as items; where there is none, one item of the fleet that could not be looked at."""
    try:
        operations = _dry_plan(request.inventory, request.tier is Tier.QUICK) if changes is None else changes
    except CannotPlan as error:
        return Collected((_unanswered("plan", "the dry plan", str(error)),), complete=False)
    chosen = [name for name in nodes if not request.only or name in request.only]
    items = {(i.node, i.check, i.outcome): i for change in operations for i in from_change(change, chosen)}
    # Two operations of one name are one item, which is in order when both are.
    for node, name, outcome in list(items):
        if outcome is Outcome.FAIL:
            items.pop((node, name, Outcome.PASS), None)
    selected = tuple(item for item in items.values() if not request.components or item.component in request.components)
    answers = DriftItem(node=FLEET, component="plan", check="plan/answers", kind="plan", outcome=Outcome.PASS, why=_WHY)
    return Collected((answers, *selected), complete=True)


def _dry_plan(inventory: Path, quick: bool) -> tuple[Change, ...]:
    """A node that was too busy to log in is asked a second time before anybody is told; the second answer counts."""
    try:
        return run_dry(inventory, quick=quick)
    except CannotPlan:
        return run_dry(inventory, quick=quick)


_WHY = "without its answer nobody knows what drifted"


def run_checks(request: RunRequest, workers: int, keyword: str | None = None) -> Collected:
    """The acceptance suite's answers; keyword: pytest's -k, to look at some again."""
    with tempfile.TemporaryDirectory(prefix=SCRATCH_PREFIX, dir=request.scratch) as folder:
        records, left, states = Path(folder, "records.json"), Path(folder, "left.json"), Path(folder, "states")
        # hypothesis, where it is installed, is imported by its plugin at the end of every run: two seconds for nothing.
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest"]
        command += ["-n", str(workers)] if workers > 1 else []
        # pytest takes a path that stands by itself, and exists, for one of tests.
        command += [f"--inventory={request.inventory}", "--tier", request.tier.value]
        command += ["--results", str(records), "--skipped-by-tier", str(left)]
        command += ["--no-table", "-p", "trueup.drift.pytest_plugin", "--node-state", str(states)]
        command += [part for name in request.only for part in ("--node", name)]
        command += [part for name in request.components for part in ("--component", name)]
        command += ["-k", keyword] if keyword else []
        command += ["tests/node", "tests/fleet"]
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=DEADLINE_S, check=False
            )
        except subprocess.TimeoutExpired:
            why = f"acceptance gave no answer within {DEADLINE_S:.0f} s"
            return Collected((_unanswered("acceptance", "the checks", why),), complete=False)
        return _read_results(records, left, states, done)


def _read_results(records: Path, left: Path, states: Path, done: "subprocess.CompletedProcess[str]") -> Collected:
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
    nodes = {file.stem: NodeState.model_validate_json(file.read_bytes()) for file in states.glob("[!.]*.json")}
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
