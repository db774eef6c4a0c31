"""A lock is made from a profile's pins; what no index has is kept from the old one or given by hand."""

from pathlib import Path

import pytest

from tests.unit.mirror.conftest import artifact_of
from trueup.declaration import LAB
from trueup.lockfile import Lock, LockError, read_lock
from trueup.mirror import build_lock
from trueup.mirror.errors import MirrorError
from trueup.mirror.resolve import IndexFile

SHA = "ab" * 32
INSTALLER = f"{LAB.conda.installer}={SHA}:7@lab"


@pytest.fixture(autouse=True)
def index(monkeypatch: pytest.MonkeyPatch) -> None:
    """An index that has one new torch."""

    def resolve(*_: object, **__: object) -> list[IndexFile]:
        return [IndexFile(name="torch-2.0.1-cp311-cp311-x.whl", url="", size=1, sha256=SHA)]

    monkeypatch.setattr(build_lock, "resolve", resolve)


def test_every_pin_is_requested() -> None:
    """The profile's wheels, DeepSpeed, setuptools below 70, which torch 2.0.1 needs, and what looks at GPUs."""
    wanted = build_lock.requirements(LAB)

    assert {"torch==2.0.1", "numpy==1.26.4", "deepspeed==0.14.5", "setuptools<70", "nvidia-ml-py"} <= set(wanted)


def test_profile_s_own_pin_wins() -> None:
    """Two demands on one project contradict each other, and nothing resolves them."""
    pinned = LAB.env.model_copy(update={"wheels": {**LAB.env.wheels, "setuptools": "84.2.1"}})
    wanted = build_lock.requirements(LAB.model_copy(update={"env": pinned}))

    assert ["setuptools==84.2.1"] == [each for each in wanted if each.startswith("setuptools")]


def test_other_origins_are_kept(tmp_path: Path) -> None:
    """A refresh asks the index anew and leaves the rest."""
    old = Lock(
        artifacts=(
            build_lock.given(INSTALLER),
            artifact_of(b"x", "old-1-py3-none-any.whl").model_copy(update={"origin": "pypi"}),
        )
    )

    found = build_lock.make(LAB, old, [])

    assert [LAB.conda.installer, "torch-2.0.1-cp311-cp311-x.whl"] == [a.name for a in found.artifacts]


def test_nothing_is_requested_on_demand() -> None:
    """Versions stay as they were."""
    old = Lock(artifacts=(build_lock.given(INSTALLER),))

    assert old == build_lock.make(LAB, old, [], refresh=False)


def test_a_lock_without_its_installer_is_refused() -> None:
    """With the option that adds it."""
    with pytest.raises(MirrorError, match="--file"):
        build_lock.make(LAB, None, [])


def test_a_file_by_hand() -> None:
    """Size known or unknown."""
    assert (7, "lab") == (build_lock.given(INSTALLER).size, build_lock.given(INSTALLER).origin)
    assert build_lock.given(f"x.sh={SHA}@anaconda").size is None


@pytest.mark.parametrize("text", ["x.sh", f"x.sh={SHA}", f"x.sh={SHA}:@lab", "x.sh=abc@lab", f"../x={SHA}@lab", ""])
def test_a_file_by_hand_that_is_none(text: str) -> None:
    """Said at once, not when a node wants it."""
    with pytest.raises((MirrorError, LockError), match="--file"):
        build_lock.given(text)


def test_a_folder_is_hashed(tmp_path: Path) -> None:
    """Every file in it, hidden ones left out."""
    (tmp_path / "x.sh").write_bytes(b"x")
    (tmp_path / ".hidden").write_bytes(b"x")

    assert [artifact_of(b"x", "x.sh").model_copy(update={"origin": "lab"})] == build_lock.from_folder(f"lab={tmp_path}")


@pytest.mark.parametrize("text", ["lab", "lab=", "lab=/nonexistent"])
def test_a_folder_that_is_none(text: str) -> None:
    """Said with the form that is right."""
    with pytest.raises(MirrorError, match="ORIGIN=FOLDER"):
        build_lock.from_folder(text)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """Header and all."""
    lock = build_lock.make(LAB, None, [build_lock.given(INSTALLER)])

    build_lock.write(lock, tmp_path / "locks" / "x.lock", "Title")

    assert lock == read_lock(tmp_path / "locks" / "x.lock")


@pytest.mark.parametrize("text", ["", "2", "3.1", "2.4", "2.x", "2.28.1", "two"])
def test_a_glibc_that_is_none(text: str) -> None:
    """Said with the command that tells a node's own."""
    with pytest.raises(MirrorError, match="ldd --version"):
        build_lock.glibc_of(text)


def test_a_glibc() -> None:
    """EL 7's."""
    assert (2, 17) == build_lock.glibc_of("2.17")
