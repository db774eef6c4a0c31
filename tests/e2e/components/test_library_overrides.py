"""The guide's one error, in each way that a node allows: the check names the library, and converge heals it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Pair
from tests.e2e.library_overrides import PRELOAD, WAYS, Way

pytestmark = pytest.mark.slow
COMPONENTS = ("--component", "cuda", "--component", "env")


def accept_overrides(pair: Pair, folder: Path) -> dict[str, dict[str, Any]]:
    """The answers of both components on node1, by check."""
    records = folder / "records.json"
    pair.accept(*COMPONENTS, "--node", "node1", "--results", str(records))
    return {answer["check"]: answer for answer in json.loads(records.read_text("utf-8")) if answer["node"] == "node1"}


def put(pair: Pair, way: Way) -> None:
    """Put the old library first in that way."""
    done = pair.on("node1", way.script())
    assert done.rc == 0, done.err


@pytest.fixture(scope="module")
def shadowed(converged: Pair, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """All ways at once: each shows in its own check."""
    for way in WAYS:
        put(converged, way)
    return accept_overrides(converged, tmp_path_factory.mktemp("shadowed"))


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_check_names_the_library(shadowed: dict[str, dict[str, Any]], way: Way) -> None:
    """Which library would be taken, and from where: without that the message is a riddle."""
    answer = shadowed[way.check]

    assert ("fail", True) == (answer["outcome"], way.path in answer["message"]), answer["message"]


def test_converge_heals_all(shadowed: dict[str, dict[str, Any]], converged: Pair, tmp_path: Path) -> None:
    """Afterwards nothing comes first, and a second converge has nothing to do."""
    done = converged.converge()
    found = {check: answer["message"] for check, answer in accept_overrides(converged, tmp_path).items()}

    assert (0, {}) == (done.rc, {check: text for check, text in found.items() if text}), done.out
    assert {} == converged.plan()


def test_preloaded_library_gives_the_guide_s_error_and_is_healed(converged: Pair, tmp_path: Path) -> None:
    """A symbol is not in the file that came first: the import of torch says so, the check says which file."""
    put(converged, PRELOAD)
    found = accept_overrides(converged, tmp_path)
    healed = converged.converge()
    after = accept_overrides(converged, tmp_path)

    assert (True, True) == (
        PRELOAD.path in found[PRELOAD.check]["message"],
        "version libcublas.so.11" in found["env/torch_imports"]["message"],
    )
    assert (0, "pass", "pass") == (healed.rc, after[PRELOAD.check]["outcome"], after["env/torch_imports"]["outcome"])
