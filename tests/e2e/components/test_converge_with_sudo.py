"""Converge through an account with sudo, where root may not log in."""

from pathlib import Path

import pytest

from tests.e2e.conftest import Pair
from tests.e2e.modified_inventory import with_data


@pytest.fixture
def inventory(tmp_path: Path) -> str:
    """The lab's inventory, but as the user ops."""
    return with_data(tmp_path, ssh_user="ops", _sudo=True)


def test_converge_through_sudo_heals(converged: Pair, inventory: str) -> None:
    """A drift is planned and healed by way of sudo, files of root and of the training user alike."""
    converged.on("node1", "chmod 777 /home/train/.ssh && chmod 666 /etc/security/limits.d/90-trueup.conf")

    done = converged.converge(inventory=inventory)
    modes = converged.on("node1", "stat -c '%a %U' /home/train/.ssh /etc/security/limits.d/90-trueup.conf").out

    assert (0, "700 train\n644 root\n", {}) == (done.rc, modes, converged.plan()), done.out + done.err
