"""Every break of the GPUs and of the host turns exactly its own checks red, and mend turns them green again."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lab.instance import Instance, load
from lab.mutations.apply import break_, catalogue, mend
from lab.mutations.model import Mutation
from tests.lab.conftest import Pair

pytestmark = pytest.mark.slow
DISKS = "driver/disks_have_room_and_are_writable"
ROOT = Path(__file__).resolve().parents[2]
# Those that converge heals are the proof run's: this one never converges.
OURS = tuple(mutation for mutation in catalogue().values() if mutation.name.split("-")[0] in {"gpu", "host", "control"})
MENDED = tuple(
    mutation for mutation in OURS if not mutation.heals and all(check.startswith("driver/") for check in mutation.reds)
)


@pytest.fixture(scope="module")
def instance(converged: Pair) -> Iterator[Instance]:
    """The converged pair's instance; mended before and after."""
    found = load(converged.name)
    assert found is not None
    mend(found)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRUEUP_LAB", converged.name)
        yield found
    mend(found)


def look(node: str, folder: Path) -> dict[str, tuple[str, bool]]:
    """Each check of the driver's room on that node: its outcome, and whether it notes something."""
    records = folder / "records.json"
    command = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "--inventory", "lab/inventory.py", "--room", "driver"]
    paths = ["--node", node, "--records", str(records), "tests/node/test_driver.py"]
    subprocess.run([sys.executable, *command, *paths], cwd=ROOT, capture_output=True, timeout=120, check=False)
    answers: list[dict[str, Any]] = json.loads(records.read_text("utf-8"))
    return {
        # A lab node's disk is this machine's own, which others fill meanwhile.
        answer["check"]: (answer["outcome"], bool(answer["notes"]) and answer["check"] != DISKS)
        for answer in answers
    }


def changed(before: dict[str, tuple[str, bool]], after: dict[str, tuple[str, bool]]) -> dict[str, tuple[str, bool]]:
    """What is not as it was."""
    return {check: answer for check, answer in after.items() if answer != before.get(check)}


@pytest.fixture(scope="module")
def green(instance: Instance, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, tuple[str, bool]]]:
    """How each node answers when nothing is broken."""
    found = {node: look(node, tmp_path_factory.mktemp(node)) for node in instance.node_names[:2]}
    bad = {(node, check): answer for node, seen in found.items() for check, answer in seen.items() if answer[0] in BAD}
    assert {} == bad
    return found


BAD = ("does not hold", "could not look")


@pytest.mark.parametrize("mutation", MENDED, ids=lambda mutation: mutation.name)
def test_break_is_caught_exactly(
    instance: Instance, green: dict[str, dict[str, tuple[str, bool]]], mutation: Mutation, tmp_path: Path
) -> None:
    """A break shows in its own checks and in no other; a control in none."""
    expected = dict.fromkeys(mutation.reds, (BAD[0], False))
    expected |= dict.fromkeys(mutation.blind, (BAD[1], False))
    expected |= dict.fromkeys(mutation.notes, ("holds", True))
    try:
        break_(instance, mutation.name)
        found = look(mutation.node, tmp_path)
    finally:
        mend(instance)

    assert expected == changed(green[mutation.node], found)


def test_mend_turns_all_green(
    instance: Instance, green: dict[str, dict[str, tuple[str, bool]]], tmp_path: Path
) -> None:
    """After many breaks at once, mend leaves the node as it was."""
    for name in ("gpu-uncorrected-ecc", "gpu-xid-48", "host-oom"):
        break_(instance, name)
    mend(instance)

    assert {} == changed(green["node1"], look("node1", tmp_path))
