"""The repository's file, and how its index is tried."""

import subprocess

import pytest

from deploy.operations.nvidia_repository import key_path, sources, trial
from trueup.platforms import DISTROS, Distro, distro_of

URL = "http://mirror.example:8713/apt/debian12/x86_64"


@pytest.mark.parametrize("distro", DISTROS, ids=lambda distro: f"{distro.id}-{distro.version}")
def test_key_is_trusted_for_this_repository_only(distro: Distro) -> None:
    """A key in apt's common keyring would sign everything."""
    path, text = sources(distro, URL)

    assert (True, False) == (key_path(distro) in text, "trusted.gpg" in path + text)


@pytest.mark.parametrize("distro", DISTROS, ids=lambda distro: f"{distro.id}-{distro.version}")
def test_trial_is_shell(distro: Distro) -> None:
    """Checked by the shell itself, without running it."""
    actual = subprocess.run(
        ["sh", "-n", "-c", trial(distro, URL, "node1")], capture_output=True, check=False, timeout=10
    )

    assert (0, b"") == (actual.returncode, actual.stderr)


def test_rpm_index_and_packages_are_verified() -> None:
    """gpgcheck alone leaves the index open to anybody in between."""
    _, text = sources(distro_of("rocky", "9.4"), URL)

    assert {"gpgcheck=1", "repo_gpgcheck=1"} <= set(text.splitlines())
