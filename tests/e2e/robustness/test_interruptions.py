"""A converge that is interrupted at any operation of any component is finished by the same command."""

import json
import os
from pathlib import Path

import pytest

from tests.e2e.conftest import ROOT, Pair
from tests.e2e.machines import node
from tests.e2e.robustness.drift_command import DRIFT, FOLLOW
from tests.e2e.robustness.interruptions import INTERRUPTIONS_A_CHAIN, OPERATIONS, Interruption, chain, strike

CHAINS = 12
# With TRUEUP_INTERRUPTIONS_FILE each chain adds its line to that file: docs/evidence/interruptions.md is made of it.
RECORD = "TRUEUP_INTERRUPTIONS_FILE"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One chain is the sample; --all asks for each."""
    if "seed" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--chain", []) or range(CHAINS)
        metafunc.parametrize("seed", list(chosen) if metafunc.config.getoption("--all", False) else [0])


def test_sixty_interruptions_cover_every_component() -> None:
    """Every component is interrupted in each way."""
    interruptions = [step for seed in range(CHAINS) for step in chain(seed)]

    assert (CHAINS * INTERRUPTIONS_A_CHAIN, set(OPERATIONS)) == (
        len(interruptions),
        {step.component for step in interruptions},
    )
    assert {"kill", "power", "network", "disk"} == {step.kind for step in interruptions}
    assert (
        min(
            sum(step.delay_s == 0 for step in interruptions),
            sum(step.delay_s > 0 for step in interruptions),
        )
        >= 15
    )


def test_document_has_the_interruptions() -> None:
    """docs/evidence/interruptions.md lists every interruption."""
    rows = [f"| {seed} | {str(step).replace(' | ', ', ')} |" for seed in range(CHAINS) for step in chain(seed)]
    text = (ROOT / "docs/evidence/interruptions.md").read_text("utf-8")

    assert rows == [line for line in text.splitlines() if line[:3].strip("| ").isdigit()]


def test_interrupted_converge_ends_converged_and_accepted(converged: Pair, seed: int, tmp_path: Path) -> None:
    """Five interruptions in a row, each in the run that finishes the one before; then one run to the end.

    That run changes what the drift made pending and nothing else: no interruption made anything worse.
    """
    for name in ("node1", "node2"):
        node(converged, name).execute(DRIFT)
    pending = set(converged.plan())
    struck = [(step, strike(converged, step)) for step in chain(seed)]
    last = converged.converge("--json")
    operations = json.loads(last.out)["results"]["operations"] if last.rc == 0 else []
    changed = {each["name"] for each in operations if each["success"]}
    records = tmp_path / "records.json"
    accepted = converged.accept("--tier", "quick", "--results", str(records))
    said = [line.strip() for _, run in struck for line in run.lines] + last.err.splitlines()
    _record(
        seed,
        [step for step, _ in struck],
        [line for line in said if "half done" in line],
        last.rc,
        accepted.rc,
    )

    assert (0, set()) == (last.rc, changed - pending - FOLLOW), last.err[-2000:]
    assert (0, {}) == (accepted.rc, converged.plan()), accepted.out[-3000:]


def _record(seed: int, interruptions: list[Interruption], said: list[str], *statuses: int) -> None:
    if path := os.environ.get(RECORD):
        entry = {
            "chain": seed,
            "interruptions": [str(step) for step in interruptions],
            "half done": said,
            "statuses": statuses,
        }
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")
