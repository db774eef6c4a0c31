"""The lab's installer and channel on a bare node: no Python, no network, only sh and what Debian always has."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lab import host_capabilities, image
from lab.conda import build, installer
from lab.podman import Podman
from lab.progress import Steps
from tests.e2e.conftest import ROOT
from trueup.lockfile import Artifact, Lock, read_lock
from trueup.mirror import Cache, assemble, is_conda_package, sha256_of

PREFIX = "/opt/anaconda3"
INSTALL = f"bash /srv/lab/{installer.NAME} -b -p"
CREATE = f"conda create -y -q --override-channels -c file:///srv/conda -p {PREFIX}/envs/dis python=3.11"


@dataclass(frozen=True)
class Bare:
    """A container that waits for commands."""

    podman: Podman
    name: str

    def sh(self, command: str) -> subprocess.CompletedProcess[str]:
        """A command by sh, with conda's folder on its PATH."""
        return subprocess.run(
            ["podman", "exec", self.name, "sh", "-c", f"PATH={PREFIX}/bin:$PATH; {command}"],
            env={**os.environ, "CONTAINERS_CONF": str(self.podman.conf)},
            capture_output=True,
            text=True,
            timeout=120,
        )


@pytest.fixture(scope="module")
def locked() -> list[Artifact]:
    """What the lock says of the files that the lab builds."""
    return [artifact for artifact in read_lock(ROOT / "locks" / "lab.lock").artifacts if artifact.origin == "lab"]


@pytest.fixture(scope="module")
def served() -> Path:
    """What the lab builds."""
    return build.ensure()


@pytest.fixture(scope="module")
def channel(served: Path, locked: list[Artifact], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The channel as the mirror has it."""
    folder = tmp_path_factory.mktemp("mirror")
    cache = Cache(folder / "cache")
    packages = tuple(artifact for artifact in locked if is_conda_package(artifact))
    for artifact in packages:
        cache.path(artifact).parent.mkdir(parents=True)
        cache.path(artifact).write_bytes((served / artifact.name).read_bytes())
    assemble(Lock(artifacts=packages), folder, cache)
    return folder / "conda"


@pytest.fixture(scope="module")
def bare(served: Path, channel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bare]:
    """The node's image, without its systemd, gone afterwards."""
    conf = tmp_path_factory.mktemp("podman") / "containers.conf"
    conf.write_text(host_capabilities.detect().containers_conf())
    podman = Podman(conf)
    with Steps() as steps:
        base = image.ensure(podman, steps)
    name = f"trueup-test-conda-{os.getpid()}"
    podman.call(
        *("run", "--detach", f"--name={name}", "--network=none", "--entrypoint=sleep", "--tmpfs=/small:size=40m"),
        *(f"--volume={served}:/srv/lab:ro", f"--volume={channel}:/srv/conda:ro", base, "infinity"),
        step="start a bare node",
    )
    yield Bare(podman, name)
    podman.call("rm", "--force", "--time=0", name, step="remove the bare node")


@pytest.fixture(scope="module")
def installed(bare: Bare) -> Bare:
    """The base in its place."""
    found = bare.sh(f"{INSTALL} {PREFIX}")
    assert found.returncode == 0, found.stderr
    return bare


@pytest.fixture(scope="module")
def created(installed: Bare) -> Bare:
    """The environment beside it."""
    found = installed.sh(CREATE)
    assert found.returncode == 0, found.stderr
    return installed


def test_the_lock_holds_what_this_tree_builds(served: Path, locked: list[Artifact]) -> None:
    """On every machine the same bytes; after a change of lab/conda the lock has to be made anew."""
    wanted = {artifact.name: artifact.sha256 for artifact in locked}

    assert wanted == {path.name: sha256_of(path) for path in served.iterdir()}


def test_the_node_has_no_python(bare: Bare) -> None:
    """Or the next tests would say nothing."""
    assert "" == bare.sh("ls /usr/bin | grep -i python").stdout


def test_the_banner_says_what_it_is(bare: Bare) -> None:
    """Nobody takes the stand-in for the real one."""
    found = bare.sh(f"{INSTALL} /tmp/banner && rm -rf /tmp/banner")

    assert found.stdout.startswith("This is not Anaconda")


def test_the_base_answers(installed: Bare) -> None:
    """conda by its version, Python by its own."""
    found = installed.sh("conda --version; python -I -S -c 'import sys; print(sys.version.split()[0], sys.prefix)'")

    assert f"conda 26.8.0\n3.11.2 {PREFIX}\n" == found.stdout


def test_an_existing_prefix_is_refused(installed: Bare) -> None:
    """As constructor's installers do."""
    found = installed.sh(f"{INSTALL} {PREFIX}")

    assert (1, True) == (found.returncode, f"already exists: '{PREFIX}'" in found.stderr)


def test_a_full_disk_is_said(bare: Bare) -> None:
    """Before the first byte; nothing is left."""
    found = bare.sh(f"{INSTALL} /small/conda > /dev/null; echo $?; ls /small")

    assert ("1\n", True) == (found.stdout, "Not enough free disk space" in found.stderr)


def test_a_killed_install_is_repaired(bare: Bare) -> None:
    """What it left answers nothing, and -u makes it whole."""
    half = "/tmp/half"
    bare.sh(f"timeout -s KILL 0.4 {INSTALL} {half}; pkill -KILL -f '^{half}'; true")
    before = bare.sh(f"{half}/bin/conda --version").returncode

    after = bare.sh(f"{INSTALL} {half} -u && {half}/bin/conda --version; rc=$?; rm -rf {half}; exit $rc")

    assert (True, 0, True) == (before != 0, after.returncode, after.stdout.endswith("conda 26.8.0\n"))


def test_the_environment_s_python_has_its_libraries(created: Bare) -> None:
    """They are older than the node's own, so they travel with it."""
    modules = "ssl, sqlite3, ctypes, bz2, lzma, zlib, hashlib, uuid, sysconfig"
    code = f"import sys, {modules}; print(sys.prefix, sysconfig.get_config_var('prefix'))"

    found = created.sh(f'{PREFIX}/envs/dis/bin/python -I -c "{code}"')

    assert f"{PREFIX}/envs/dis {PREFIX}/envs/dis\n" == found.stdout, found.stderr


def test_no_placeholder_is_left(created: Bare) -> None:
    """Every path in the environment is its own."""
    assert "" == created.sh(f"grep -rl lab_placehold {PREFIX}/envs/dis/bin {PREFIX}/envs/dis/lib").stdout


def test_listing_leaves_no_trace(created: Bare) -> None:
    """Compiled files are there from the start, so that root's python writes none."""
    files = f"find {PREFIX} -newer /tmp/mark -type f"
    ask = f"conda --version; conda env list --json; {PREFIX}/envs/dis/bin/python -c 'import ssl, json, sysconfig'"

    found = created.sh(f"touch /tmp/mark; sleep 1; ({ask}) > /dev/null; {files}")

    assert "" == found.stdout


def test_an_interactive_shell_activates(created: Bare) -> None:
    """What the guide's reader types."""
    found = created.sh("conda init bash > /dev/null; bash -ic 'conda activate dis; command -v python' 2> /dev/null")

    assert f"{PREFIX}/envs/dis/bin/python\n" == found.stdout


def test_a_second_create_replaces_it(created: Bare) -> None:
    """Without asking, as the real one does."""
    found = created.sh(f"touch {PREFIX}/envs/dis/mine; {CREATE} > /dev/null; ls {PREFIX}/envs/dis/mine")

    assert "" == found.stdout
