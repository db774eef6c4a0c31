"""The folder that an instance serves follows the shared one, and a spoilt file is put right."""

from pathlib import Path

import pytest

from lab import mirror, stacks
from lab.instance import Instance


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Instance:
    """An instance, and a shared folder with two files and a channel."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("files/a.whl", "files/b.whl", "conda/linux-64/repodata.json"):
        path = mirror.shared_root(stacks.STANDARD_STACK) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    lab = Instance("second", 7)
    mirror.link(lab)
    return lab


def served(lab: Instance) -> dict[str, str]:
    """Name -> content of what the instance serves."""
    root = mirror.root_of(lab)
    paths = [*root.glob("files/*"), *root.glob("conda/*/*")]
    return {str(path.relative_to(root)): path.read_text() for path in paths}


WHOLE = {name: name for name in ("files/a.whl", "files/b.whl", "conda/linux-64/repodata.json")}


def test_everything_is_served(lab: Instance) -> None:
    """Files and channel are there."""
    assert served(lab) == WHOLE


def test_a_damaged_mirror_is_repaired(lab: Instance) -> None:
    """A corrupt file, a missing one, a stranger and a missing channel are all put right."""
    root = mirror.root_of(lab)
    (root / "files/a.whl").unlink()
    (root / "files/a.whl").write_text("corrupt")
    (root / "files/b.whl").unlink()
    (root / "files/strange.whl").write_text("x")
    (root / "conda").unlink()
    (root / "conda").mkdir()
    mirror.link(lab)

    assert served(lab) == WHOLE


def test_what_is_right_is_not_touched(lab: Instance) -> None:
    """A node that is fetching a file notices nothing."""
    link = mirror.root_of(lab) / "files/a.whl"
    before = link.lstat().st_ino
    mirror.link(lab)

    assert link.lstat().st_ino == before


def test_without_a_shared_folder_nothing_is_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty files/ is there, so that the server can start."""
    monkeypatch.setenv("HOME", str(tmp_path))
    lab = Instance("third", 8)
    mirror.link(lab)

    assert served(lab) == {}


def test_no_process_is_taken_for_a_mirror() -> None:
    """Only the exact command line of the instance counts."""
    assert mirror.processes(Instance("no-such-lab", 254)) == []


def test_an_address_that_does_not_answer_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason is in words."""
    monkeypatch.setattr(Instance, "gateway", "127.0.0.1")
    monkeypatch.setattr(mirror, "MIRROR_PORT", 9)

    assert "ConnectionRefusedError" in mirror.missing(Instance("second", 7))


def test_another_stack_is_served_from_a_folder_of_its_own(lab: Instance) -> None:
    """Two stacks have one name for NVIDIA's packages and for DeepSpeed's key: neither may find the other's."""
    other = Instance("other", 9, 2, "debian-13")
    path = mirror.shared_root(stacks.NEWER) / "files/c.whl"
    path.parent.mkdir(parents=True)
    path.write_text("files/c.whl")
    mirror.link(other)

    assert ({"files/c.whl": "files/c.whl"}, WHOLE) == (served(other), served(lab))
