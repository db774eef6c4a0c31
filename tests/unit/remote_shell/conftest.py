"""Shells over local processes, one for each sh that a node may have, and a real sshd on the loopback."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.remote_shell.sshd import Sshd
from trueup.remote_shell.shell import Shell
from trueup.remote_shell.transport import LocalTransport

SHELLS = ("dash", "bash", "busybox", "ksh")


@pytest.fixture(params=SHELLS)
def transport(request: pytest.FixtureRequest, tmp_path: Path) -> LocalTransport:
    """A transport whose `sh` is the named program."""
    program = shutil.which(request.param)
    assert program is not None, f"{request.param} is not installed; tests/host-packages.txt names it"
    (tmp_path / "sh").symlink_to(program)
    path = f"{tmp_path}:{os.environ['PATH']}"
    return LocalTransport(request.param, str(tmp_path / "sh"), {"PATH": path})


@pytest.fixture
def shell(transport: LocalTransport) -> Iterator[Shell]:
    """An open shell over it."""
    with Shell.over(transport) as shell:
        yield shell


@pytest.fixture(scope="session")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    """A real sshd with MaxSessions 1 and a banner."""
    server = Sshd(tmp_path_factory.mktemp("sshd"))
    yield server
    server.stop()
