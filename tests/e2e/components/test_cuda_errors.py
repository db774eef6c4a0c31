"""What the components cuda and nccl refuse: one clear message each, and nothing half-done."""

from collections.abc import Iterator

import pytest

from lab import mirror
from lab.instance import load
from tests.e2e.conftest import Pair

pytestmark = pytest.mark.slow
SOURCES = "/etc/apt/sources.list.d/trueup-cuda.sources"


@pytest.fixture
def spoiled(converged: Pair) -> Iterator[Pair]:
    """The mirror's index has no signature; it is restored afterwards."""
    instance = load(converged.name)
    assert instance is not None
    link = mirror.root_of(instance) / "apt"
    real = link.resolve()
    link.unlink()
    folder = link / "debian12/x86_64"
    folder.mkdir(parents=True)
    for file in (real / "debian12/x86_64").iterdir():
        if file.name not in ("InRelease", "Release.gpg"):
            (folder / file.name).symlink_to(file)
    text = (real / "debian12/x86_64/InRelease").read_text()
    (folder / "InRelease").write_text(text.replace("Label: a stand-in", "Label: something else, a stand-in"))
    yield converged
    mirror.link(instance)


def test_wrong_signature(spoiled: Pair) -> None:
    """A changed index is refused before the node's own list of sources names it."""
    assert spoiled.on("node1", f"rm {SOURCES}").rc == 0
    done = spoiled.converge("--limit", "node1")
    said = done.out + done.err

    assert (1, True) == (done.rc, "wanted an index signed by the key" in said), said
    assert 0 != spoiled.on("node1", f"test -e {SOURCES}").rc


def test_folder_instead_of_the_link(converged: Pair) -> None:
    """Its content may be the only copy: it is neither moved nor overwritten."""
    put = "rm /usr/local/cuda && mkdir /usr/local/cuda && touch /usr/local/cuda/mine"
    assert converged.on("node1", put).rc == 0
    try:
        done = converged.converge("--limit", "node1")
        said = done.out + done.err
        kept = converged.on("node1", "ls /usr/local/cuda").out.split()
    finally:
        taken = converged.on("node1", "rm -r /usr/local/cuda && ln -s /usr/local/cuda-11.8 /usr/local/cuda")

    assert (0, 1, ["mine"]) == (taken.rc, done.rc, kept)
    assert "wanted /usr/local/cuda to be a link" in said


def test_interface_that_no_card_has(converged: Pair) -> None:
    """The message says which there are; NCCL would wait for it without end."""
    done = converged.converge("--data", "interface=eth9")
    said = done.out + done.err

    assert (1, True, True) == (done.rc, "wanted eth9, found" in said, "eth0" in said), said
    assert "eth9" not in converged.on("node1", "cat /etc/nccl.conf").out
