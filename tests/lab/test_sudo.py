"""Converge through an account with sudo, where root may not log in."""

from pathlib import Path

import pytest

from tests.lab.conftest import INVENTORY, ROOT, Pair


@pytest.fixture
def inventory(tmp_path: Path) -> str:
    """The lab's inventory, but as the user ops."""
    text = (ROOT / INVENTORY).read_text(encoding="utf-8")
    old = '"ssh_user": "root",'
    assert old in text
    changed = tmp_path / "inventory.py"
    changed.write_text(text.replace(old, '"ssh_user": "ops",\n    "_sudo": True,'), encoding="utf-8")
    return str(changed)


def test_converge_through_sudo_heals(converged: Pair, inventory: str) -> None:
    """A drift is planned and healed by way of sudo, files of root and of the training user alike."""
    converged.on("node1", "chmod 777 /home/train/.ssh && chmod 666 /etc/security/limits.d/90-trueup.conf")

    done = converged.run("pyinfra", "-y", inventory, "deploy/site.py")
    modes = converged.on("node1", "stat -c '%a %U' /home/train/.ssh /etc/security/limits.d/90-trueup.conf").out

    assert (0, "700 train\n644 root\n", {}) == (done.rc, modes, converged.plan()), done.out + done.err
