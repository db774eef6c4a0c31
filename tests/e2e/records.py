"""Acceptance as a user runs it, and its answers as they are recorded."""

import json
from pathlib import Path
from typing import Any

from tests.e2e.conftest import INVENTORY, Pair

# A check's outcome, and whether it notes something.
Results = dict[str, tuple[str, bool]]
PASS, FAIL, UNKNOWN = "pass", "fail", "unknown"
BAD = (FAIL, UNKNOWN)
# A lab node's disk is this machine's own, which others fill meanwhile.
DISKS = "driver/disks_have_space_and_are_writable"


def answers(pair: Pair, folder: Path, *options: str) -> list[dict[str, Any]]:
    """pytest with these options; one record an answer."""
    records = folder / "records.json"
    records.unlink(missing_ok=True)
    own = ("-q", "-p", "no:cacheprovider", f"--inventory={INVENTORY}", "--results", str(records))
    done = pair.run("pytest", *own, *options, timeout=300)
    assert records.exists(), done.out[-2000:] + done.err[-2000:]
    results: list[dict[str, Any]] = json.loads(records.read_text("utf-8"))
    return results


def by_node(results: list[dict[str, Any]]) -> dict[str, Results]:
    """Each node's checks."""
    told: dict[str, Results] = {}
    for answer in results:
        check = answer["check"]
        noted = bool(answer["notes"]) and check != DISKS
        told.setdefault(answer["node"], {})[check] = (answer["outcome"], noted)
    return told


def changed(before: Results, after: Results) -> Results:
    """What is not as it was."""
    return {check: answer for check, answer in after.items() if answer != before.get(check)}
