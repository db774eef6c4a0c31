"""A driver that was updated under its loaded module: asked for, or rebooted into, one node at a time."""

from pathlib import Path

import pytest

from tests.lab.conftest import INVENTORY, ROOT, Pair

NEWER = "580.105.08-1"
# What an unattended upgrade would do if nothing were held.
UPGRADE = (
    "apt-get -q update >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get -q -y --allow-change-held-packages install "
    f"cuda-drivers-580={NEWER} libnvidia-ml1={NEWER} nvidia-kernel-dkms={NEWER} nvidia-persistenced={NEWER} "
    "&& apt-mark hold cuda-drivers-580 libnvidia-ml1 nvidia-kernel-dkms nvidia-persistenced nvidia-driver-pinning-580"
)
LOADED = "cut -d' ' -f9 /proc/driver/nvidia/version | head -n 1"

PROFILES = """
from trueup.spec.shipped import LAB

REBOOTING = LAB.model_copy(update={"driver": LAB.driver.model_copy(update={"reboot": True})})
"""


@pytest.fixture
def allowed(tmp_path: Path) -> str:
    """The lab's inventory under a profile that allows a reboot."""
    (tmp_path / "profiles.py").write_text(PROFILES, encoding="utf-8")
    text = (ROOT / INVENTORY).read_text(encoding="utf-8")
    text = text.replace('"profile": "lab"', '"profile": "rebooting"')
    text = text.replace('"lab/profiles.py"', f'"{tmp_path}/profiles.py"')
    changed = tmp_path / "inventory.py"
    changed.write_text(text, encoding="utf-8")
    return str(changed)


def boot_ids(pair: Pair) -> list[str]:
    """One a node."""
    return [pair.on(node, "cat /proc/sys/kernel/random/boot_id").out for node in ("node1", "node2")]


def test_reboot_is_asked_for_then_done(converged: Pair, allowed: str) -> None:
    """Without permission the run ends by naming node and reason; with it that node, and no other, comes back new."""
    upgraded = converged.on("node1", UPGRADE)
    assert upgraded.rc == 0, upgraded.out + upgraded.err
    before = boot_ids(converged)

    asked = converged.converge()
    still = boot_ids(converged)
    done = converged.run("pyinfra", "-y", allowed, "deploy/site.py")
    after = boot_ids(converged)

    assert asked.rc != 0
    words = " ".join((asked.out + asked.err).split())
    assert "node1: driver: wanted branch 580 installed and loaded" in words
    assert "node2: driver: wanted" not in words
    assert before == still
    assert 0 == done.rc, done.out + done.err
    assert (True, True) == (before[0] != after[0], before[1] == after[1])
    assert (0, {}) == (converged.on("node1", LOADED).rc, converged.plan())
