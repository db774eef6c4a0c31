"""What goes wrong between a controller, its mirror and a node is said in one message: node, wanted, found, to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lab.instance import load
from tests.e2e.conftest import INVENTORY, ROOT, Done, Pair

CACHE = "/var/cache/trueup"
SITE = "/opt/anaconda3/envs/dis/lib/python3.11/site-packages"


def mirror_file(pair: Pair, start: str) -> Path:
    """The instance's own link to a file of the mirror, which a test may spoil."""
    lab = load(pair.name)
    assert lab is not None
    (found,) = (lab.state / "mirror/files").glob(f"{start}*")
    return found


@contextmanager
def instead_of(path: Path, content: bytes | None) -> Iterator[None]:
    """Another content under a link's name, or nothing; the link comes back afterwards."""
    target = path.readlink()
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        path.symlink_to(target)


def said(done: Done) -> str:
    """Both streams as one line, because pyinfra breaks and prefixes lines."""
    return " ".join((done.out + done.err).split())


@pytest.fixture(scope="module")
def lacking(converged: Pair) -> Pair:
    """A wheel is gone on node1, so that each of the next converges has it to fetch, and fails in its own way."""
    gone = converged.on("node1", f"rm -rf {SITE}/tqdm {SITE}/tqdm-*")
    assert 0 == gone.rc, gone.err
    return converged


def test_corrupt_wheel_is_refused(lacking: Pair) -> None:
    """A wheel with other bytes than the lock's is named, with its hash, and not installed."""
    with instead_of(mirror_file(lacking, "tqdm-"), b"not the wheel"):
        done = lacking.converge("--limit", "node1")

    assert done.rc != 0
    assert "node1: install wheels into" in said(done)
    assert "trueup mirror verify" in said(done)
    assert 0 != lacking.on("node1", f"ls -d {SITE}/tqdm").rc


def test_missing_file_of_the_mirror_is_named(lacking: Pair) -> None:
    """The message has the node, the file and its address."""
    with instead_of(mirror_file(lacking, "uv-"), None):
        done = lacking.converge("--limit", "node1")

    assert done.rc != 0
    assert "node1: fetch uv-" in said(done)
    assert "found no such file or no answer" in said(done)


def test_full_disk_is_named(lacking: Pair) -> None:
    """A step that runs out of component says where."""
    lacking.on("node1", f"mkdir -p {CACHE} && mount -t tmpfs -o size=1m full {CACHE}")
    try:
        done = lacking.converge("--limit", "node1")
    finally:
        component = lacking.on("node1", f"umount {CACHE}")

    assert (True, 0) == (done.rc != 0, component.rc)
    assert "node1: fetch uv-" in said(done)
    assert f"df {CACHE}" in said(done)


def test_the_same_command_goes_on(lacking: Pair) -> None:
    """Whatever was in its way; nothing half done is left of it."""
    healed = lacking.converge()

    assert (0, {}) == (healed.rc, lacking.plan()), healed.out + healed.err


def inventory_with(tmp_path: Path, old: str, new: str) -> str:
    """The lab's inventory with one thing wrong in it."""
    text = (ROOT / INVENTORY).read_text(encoding="utf-8")
    assert old in text
    changed = tmp_path / "inventory.py"
    changed.write_text(text.replace(old, new), encoding="utf-8")
    return str(changed)


WRONG = {
    "unreachable node": ('"ssh_hostname": f"{_network}.{10 + number}"', '"ssh_hostname": f"{_network}.{210 + number}"'),
    "wrong key": ('str(_state / "ssh/id_ed25519")', 'str(_state / "ssh/other")'),
    "changed host key": ('str(_state / "ssh/known_hosts")', 'str(_state / "ssh/changed")'),
}


@pytest.fixture
def other_keys(pair: Pair) -> Iterator[None]:
    """A key that opens nothing, and a known_hosts with somebody else's host keys."""
    lab = load(pair.name)
    assert lab is not None
    ssh = lab.state / "ssh"
    made = pair.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(ssh / "other"))
    assert made.rc == 0, made.err
    body = (ssh / "other.pub").read_text(encoding="utf-8").split()[1]
    lines = [f"{lab.address(node)} ssh-ed25519 {body}" for node in lab.node_names]
    (ssh / "changed").write_text("\n".join(lines) + "\n", encoding="utf-8")
    yield
    for name in ("other", "other.pub", "changed"):
        (ssh / name).unlink()


@pytest.mark.usefixtures("other_keys")
@pytest.mark.parametrize("case", WRONG)
def test_acceptance_is_unknown(pair: Pair, tmp_path: Path, case: str) -> None:
    """A node that does not let us in is "unknown", with its name: never in order, never out of order."""
    done = pair.run(
        *("pytest", "-q", "-n", "2", f"--inventory={inventory_with(tmp_path, *WRONG[case])}", "-p", "no:cacheprovider"),
        *("--component", "access"),
    )

    assert 2 == done.rc
    assert "node1: access/" in done.out
    assert "unknown" in done.out


@pytest.mark.usefixtures("other_keys")
@pytest.mark.parametrize("case", WRONG)
def test_converge_names_the_node(pair: Pair, tmp_path: Path, case: str) -> None:
    """Converge ends without touching a node, and names it."""
    done = pair.converge(inventory=inventory_with(tmp_path, *WRONG[case]))

    assert done.rc != 0
    assert "node1" in said(done)
