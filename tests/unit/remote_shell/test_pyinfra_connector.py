"""pyinfra over the long-lived shell does what it does over its own ssh connector."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.remote_shell.sshd import Sshd

DEPLOY = """
from io import StringIO
from pyinfra.context import host
from pyinfra.operations import files, server

if not host.data.get("maintenance"):
    place = host.data.place
    files.put(name="put", src=StringIO("hello\\n"), dest=place + "/put")
    files.line(name="line", path=place + "/put", line="world")
    server.shell(name="env", commands=["echo $FOO; echo err >&2; printf end"], _env={"FOO": "b a r"})
    server.shell(name="stdin", commands=["cat"], _stdin=["a", "b"])
    server.shell(name="folder", commands=["pwd"], _chdir=place)
    server.shell(name="bash", commands=["echo ${BASH_VERSION:+bash}"], _shell_executable="bash")
    files.get(name="get", src=place + "/put", dest=place + "/got")
    server.shell(name="late", commands=["echo begin; sleep 71.2"], _timeout=1, _ignore_errors=True)
    server.shell(name="fail", commands=["exit 3"], _ignore_errors=True)
    server.shell(name="codes", commands=["exit 3"], _success_exit_codes=[3])
    files.file(name="gone", path=place + "/put", present=False)
    server.shell(name="terminal", commands=["tty | cut -c1-8"], _get_pty=host.data.pty)
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    """A real sshd; pyinfra's own connector needs two sessions for files."""
    server = Sshd(tmp_path_factory.mktemp("sshd"), sessions=10)
    yield server
    server.stop()


def run(server: Sshd, folder: Path, prefix: str, *options: str, **data: object) -> subprocess.CompletedProcess[str]:
    """pyinfra's command line on one host."""
    target = server.target()
    known = {
        "ssh_hostname": target.hostname,
        "ssh_port": target.port,
        "ssh_user": target.user,
        "ssh_key": target.key,
        "ssh_known_hosts_file": target.known_hosts,
        "profile": "lab",
        "gpus": "a100-pcie-40gb x2",
        "place": str(folder),
        "pty": True,
    }
    (folder / "inventory.py").write_text(f"hosts = [({prefix + 'node1'!r}, {known | data!r})]\n")
    (folder / "site.py").write_text(DEPLOY)
    (folder / "got").unlink(missing_ok=True)
    program = Path(sys.executable).with_name("pyinfra")
    return subprocess.run(
        [program, *options, "inventory.py", "site.py"],
        cwd=folder,
        env={**os.environ, "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_same_deploy_prints_and_does_the_same(server: Sshd, tmp_path: Path) -> None:
    """Line for line: lines of output, exit statuses, time-outs, files, environment, terminal."""
    theirs = run(server, tmp_path, "", "-y", "-vvv")
    got_theirs = (tmp_path / "got").read_text()
    ours = run(server, tmp_path, "@trueup/", "-y", "-vvv")

    assert (0, 0) == (theirs.returncode, ours.returncode), ours.stdout + ours.stderr
    assert sorted(shown_facts(theirs)) == sorted(shown_facts(ours))
    assert got_theirs == (tmp_path / "got").read_text() == "hello\nworld\n"


def shown_facts(run: subprocess.CompletedProcess[str]) -> list[str]:
    """What pyinfra said, without the names of its temporary files and without times."""
    said = re.sub(r"time=\d+", "", run.stdout + run.stderr)
    return [line for line in said.splitlines() if "pyinfra-" not in line]


def test_the_dry_plan_is_the_same(server: Sshd, tmp_path: Path) -> None:
    """Drift reads it."""
    plans = [run(server, tmp_path, prefix, "--dry", "--json") for prefix in ("", "@trueup/")]

    assert json.loads(plans[0].stdout) == json.loads(plans[1].stdout)


def test_node_in_maintenance_is_never_connected_to(server: Sshd, tmp_path: Path) -> None:
    """It may be dead, and converge must go on without it."""
    found = run(server, tmp_path, "@trueup/", "-y", ssh_port=1, maintenance="board replaced, until Friday")

    assert 0 == found.returncode, found.stderr


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"ssh_strict_host_key_checking": "accept-new"}, "can only be 'yes'"),
        ({"ssh_password": "secret"}, "ssh_password is not for @trueup hosts"),
        ({"ssh_port": 1}, "node1: connect to"),
        ({"ssh_known_hosts_file": "/dev/null"}, "none is pinned"),
    ],
)
def test_what_it_cannot_do_is_refused_by_name(server: Sshd, tmp_path: Path, data: dict[str, object], said: str) -> None:
    """A setting that is ignored would be a setting that lies."""
    found = run(server, tmp_path, "@trueup/", "-y", **data)

    assert 0 != found.returncode
    assert said in found.stderr + found.stdout
