"""The long-lived shell changes how long a look takes, and nothing of what it says."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import INVENTORY, ROOT, Pair

pytestmark = pytest.mark.slow

# Without it the second node's plan is that of a converged one, and says little.
BREAK = "echo '# x' >>/etc/nccl.conf; chmod 755 /root/.ssh; rm -f /job/hostfile; systemctl stop chrony"


@pytest.fixture(scope="module")
def drifted(converged: Pair) -> Pair:
    """One node in order, one not."""
    done = converged.on("node2", BREAK)
    assert done.rc == 0, done.err
    return converged


@pytest.fixture(scope="module", autouse=True)
def healed(drifted: Pair) -> Any:
    """The pair is left as it was found."""
    yield
    done = drifted.converge()
    assert done.rc == 0, done.out + done.err


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """The lab's inventory with plain names, which pyinfra reaches by its own ssh connector."""
    text = (ROOT / INVENTORY).read_text()
    assert '"@trueup/' in text
    file = tmp_path / "inventory.py"
    file.write_text(text.replace('"@trueup/', '"'))
    return file


def test_pyinfra_plans_the_same(drifted: Pair, plain: Path) -> None:
    """Every fact of the whole site, read through either connector, ends in the same plan, to the byte."""
    ours, theirs = (
        drifted.run("pyinfra", "--dry", "--json", inventory, "deploy/site.py") for inventory in (INVENTORY, str(plain))
    )

    assert (0, 0) == (ours.rc, theirs.rc), ours.err + theirs.err
    assert json.loads(ours.out)["plan"] == json.loads(theirs.out)["plan"]
    assert ["node2"] == sorted({host for each in json.loads(ours.out)["plan"] for host in each["hosts_with_change"]})


def answers(pair: Pair, place: Path, *options: str) -> dict[tuple[str, str], dict[str, Any]]:
    """(node, check) -> its record, without how long it took and what was measured on the way."""
    done = pair.accept("--tier", "quick", "--results", str(place), *options)
    assert done.rc == 1, done.out[-3000:]
    return {(each["node"], each["check"]): each for each in json.loads(place.read_text())}


def timeless(record: dict[str, Any]) -> dict[str, Any]:
    """What a second look at the same state repeats; testinfra's messages name the backend."""
    kept = {key: value for key, value in record.items() if key not in {"seconds", "measures"}}
    return {**kept, "message": kept["message"].replace("ssh://", "trueup://")}


def test_acceptance_answers_the_same(drifted: Pair, tmp_path: Path) -> None:
    """Every check of the quick tier, by testinfra's ssh:// and one OpenSSH client a command, says the same words."""
    ours = answers(drifted, tmp_path / "ours.json")
    theirs = answers(drifted, tmp_path / "theirs.json", "--no-prefetch", "-p", "tests.e2e.plain_ssh_backend")

    assert sorted(ours) == sorted(theirs)
    assert [timeless(each) for each in ours.values()] == [timeless(each) for each in theirs.values()]
    assert {"node2", "fleet"} >= {node for (node, _), each in ours.items() if each["outcome"] == "fail"}
