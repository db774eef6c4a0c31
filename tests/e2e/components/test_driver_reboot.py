"""A driver that was updated under its loaded module: asked for, or rebooted into, one node at a time."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import Pair
from tests.e2e.modified_inventory import varied

OLDER = "580.95.05"
# What an upgrade of the packages leaves until the next boot: the module that was loaded before it.
UPGRADED = f"umount /proc/driver && /usr/lib/trueup-lab/nvidia-module {OLDER}"
# As that boot leaves it; a test that failed must not leave a node to all others that nothing but a reboot heals.
RELOAD = "umount /proc/driver && systemctl restart trueup-lab-nvidia"
BACK = f"if grep -q {OLDER} /proc/driver/nvidia/version; then {RELOAD}; fi"
LOADED = "cut -d' ' -f9 /proc/driver/nvidia/version | head -n 1"


@pytest.fixture
def behind(converged: Pair) -> Iterator[Pair]:
    """The pair with the older module loaded on node1."""
    upgraded = converged.on("node1", UPGRADED)
    assert upgraded.rc == 0, upgraded.out + upgraded.err
    yield converged
    back = converged.on("node1", BACK)
    assert back.rc == 0, back.out + back.err


@pytest.fixture
def allowed(tmp_path: Path) -> str:
    """The lab's inventory under a profile that allows a reboot."""
    return varied(tmp_path, "driver", reboot=True)


def boot_ids(pair: Pair) -> list[str]:
    """One a node."""
    return [pair.on(node, "cat /proc/sys/kernel/random/boot_id").out for node in ("node1", "node2")]


def test_reboot_is_requested_then_done(behind: Pair, allowed: str) -> None:
    """Without permission the run ends by naming node and reason; with it that node, and no other, comes back new."""
    before = boot_ids(behind)

    asked = behind.converge()
    still = boot_ids(behind)
    done = behind.converge(inventory=allowed)
    after = boot_ids(behind)

    assert asked.rc != 0
    words = " ".join((asked.out + asked.err).split())
    assert "node1: driver: wanted branch 580 installed and loaded" in words
    assert f"found: the loaded module is {OLDER}" in words
    assert "node2: driver: wanted" not in words
    assert before == still
    assert 0 == done.rc, done.out + done.err
    assert (True, True) == (before[0] != after[0], before[1] == after[1])
    assert (True, {}) == (OLDER not in behind.on("node1", LOADED).out, behind.plan())
