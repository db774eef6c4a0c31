"""`trueup mirror` as real processes: killed, cut off, out of component. What was fetched is never fetched again."""

import hashlib
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.e2e.conftest import BIN
from tests.ports import free_port
from trueup.lockfile import Artifact
from trueup.mirror import Cache

MIB = 1 << 20
SIZE = 256 * MIB
DEADLINE_S = 60


def wait_for(truth: Callable[[], bool]) -> None:
    """Until it holds, or the deadline fails the test."""
    limit = monotonic() + DEADLINE_S
    while not truth():
        assert monotonic() < limit
        sleep(0.005)


@dataclass(frozen=True)
class Site:
    """A mirror's folder with one large file, a lock of it, and an empty cache."""

    folder: Path
    artifact: Artifact
    port: int

    @property
    def root(self) -> Path:
        """What is served."""
        return self.folder / "root"

    @property
    def cache(self) -> Cache:
        """What is filled."""
        return Cache(self.folder / "cache")

    @property
    def part(self) -> Path:
        """The file that is not yet whole."""
        path = self.cache.path(self.artifact)
        return path.with_name(path.name + ".part")

    @contextmanager
    def served(self) -> Iterator[subprocess.Popen[str]]:
        """`trueup mirror serve`, ready."""
        command = [str(BIN / "trueup"), "mirror", "serve", "--root", str(self.root)]
        with subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(self.port)], stdout=subprocess.PIPE, text=True
        ) as server:
            assert server.stdout is not None
            assert server.stdout.readline().startswith("serving")
            yield server
            server.kill()

    def fetch(self, *before: str, lock: str = "x.lock") -> subprocess.Popen[str]:
        """`trueup mirror fetch`, running."""
        env = {
            "TRUEUP_CACHE": str(self.cache.root),
            "TRUEUP_ORIGIN_SITE": f"http://127.0.0.1:{self.port}",
            "HOME": str(self.folder),
            "PATH": os.environ["PATH"],
        }
        command = [*before, str(BIN / "trueup"), "mirror", "fetch", lock]
        return subprocess.Popen(command, cwd=self.folder, env=env, stderr=subprocess.PIPE, text=True)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """256 MiB take long enough to be interrupted."""
    (tmp_path / "root").mkdir()
    block = os.urandom(MIB)
    digest = hashlib.sha256()
    with (tmp_path / "root" / "x.bin").open("wb") as out:
        for _ in range(SIZE // MIB):
            out.write(block)
            digest.update(block)
    artifact = Artifact(name="x.bin", size=SIZE, sha256=digest.hexdigest(), origin="site")
    (tmp_path / "x.lock").write_text(f"{artifact.line}\n")
    unsized = artifact.model_copy(update={"size": None})
    (tmp_path / "unsized.lock").write_text(f"{unsized.line}\n")
    return Site(tmp_path, artifact, free_port())


def begun(site: Site, least: int = 1) -> bool:
    """Whether that many bytes have arrived."""
    return site.part.exists() and site.part.stat().st_size >= least


def test_a_killed_fetch_goes_on(site: Site) -> None:
    """SIGKILL in the middle; the second run takes what is there."""
    with site.served():
        first = site.fetch()
        wait_for(lambda: begun(site, MIB))
        first.send_signal(signal.SIGKILL)
        first.wait()
        kept = site.part.stat().st_size
        second = site.fetch()
        _, said = second.communicate(timeout=DEADLINE_S)

    assert (0, True) == (second.returncode, 0 < kept < SIZE), said
    site.cache.check(site.artifact)


def test_a_server_that_dies_in_the_middle(site: Site) -> None:
    """It comes back within a few seconds, and the same run goes on where it was."""
    with site.served() as server:
        running = site.fetch()
        wait_for(lambda: begun(site, MIB))
        server.send_signal(signal.SIGKILL)
        server.wait()
        kept = site.part.stat().st_size
    with site.served():
        _, said = running.communicate(timeout=DEADLINE_S)

    assert (0, True) == (running.returncode, kept < SIZE), said
    site.cache.check(site.artifact)


def small_disk(folder: Path) -> tuple[str, ...]:
    """A command's beginning that gives the folder a disk of 8 MiB, seen by that command alone."""
    folder.mkdir()
    mount = f"mount -t tmpfs -o size=8m none '{folder}' && exec \"$@\""
    return ("unshare", "--map-root-user", "--mount", "sh", "-c", mount, "sh")


@pytest.mark.parametrize(
    ("lock", "words"),
    [("x.lock", f"expected: {SIZE} bytes free"), ("unsized.lock", "No space left on device")],
)
def test_a_full_disk_is_said(site: Site, lock: str, words: str) -> None:
    """Before the first byte where the size is known, else when it happens; both with what to do."""
    with site.served():
        running = site.fetch(*small_disk(site.cache.root), lock=lock)
        _, said = running.communicate(timeout=DEADLINE_S)

    assert (1, True, True) == (running.returncode, words in said, "TRUEUP_CACHE" in said), said


def test_two_at_once_fetch_it_once(site: Site) -> None:
    """They share the cache; the second waits for the first."""
    with site.served():
        both = [site.fetch(), site.fetch()]
        said = [each.communicate(timeout=DEADLINE_S)[1] for each in both]

    assert [0, 0] == [each.returncode for each in both], said
    site.cache.check(site.artifact)


def test_a_missing_file_is_said(site: Site) -> None:
    """The address, the status and the setting."""
    (site.root / "x.bin").rename(site.root / "y.bin")
    with site.served():
        running = site.fetch()
        _, said = running.communicate(timeout=DEADLINE_S)

    assert 1 == running.returncode
    assert f"x.bin: fetch http://127.0.0.1:{site.port}/x.bin" in said
    assert "status 404" in said


def test_a_corrupt_file_is_said(site: Site) -> None:
    """One byte of 256 MiB."""
    with (site.root / "x.bin").open("r+b") as out:
        out.seek(SIZE // 2)
        byte = out.read(1)
        out.seek(SIZE // 2)
        out.write(bytes([byte[0] ^ 1]))
    with site.served():
        running = site.fetch()
        _, said = running.communicate(timeout=DEADLINE_S)

    assert (1, False) == (running.returncode, site.cache.has(site.artifact))
    assert f"expected: sha256 {site.artifact.sha256}" in said
