"""Start-up files as a node prints them."""

import pytest
from pyinfra.api.exceptions import FactProcessError

from deploy.facts.startup import StartupFile, StartupFiles


def test_files_are_classified() -> None:
    """A file's own lines may look like anything, even like a head."""
    actual = StartupFiles().process(
        [
            "file|shell|/root/.bashrc|644|root|root",
            " a",
            " file|x",
            "file|pairs|/etc/environment|600|root|wheel",
            " B=1",
        ]
    )

    assert {
        "/root/.bashrc": StartupFile("shell", "644", "root", "root", "a\nfile|x\n"),
        "/etc/environment": StartupFile("pairs", "600", "root", "wheel", "B=1\n"),
    } == actual


def test_noise_is_refused() -> None:
    """What is not understood must not be written back."""
    with pytest.raises(FactProcessError):
        StartupFiles().process(["stat: cannot read"])
