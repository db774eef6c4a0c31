"""CPython is compiled once, and a build that broke off is begun anew."""

import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from lab.conda import build, installer
from lab.errors import LabError

NAME = "python-3.11.2-0_cpython"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of this test's own."""
    monkeypatch.setattr(build, "cache_root", lambda: tmp_path)
    return tmp_path / "conda"


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Where the compiler was let loose; it makes two empty packages."""
    calls: list[Path] = []

    def compile_python(out: Path, log: Path, progress: Callable[[str], None]) -> None:
        calls.append(out)
        progress("compile")
        for kind in ("bz2", "gz"):
            with tarfile.open(out / f"{NAME}.tar.{kind}", "w"):
                pass

    monkeypatch.setattr(build, "compile_python", compile_python)
    return calls


def test_compiles_once(compiled: list[Path]) -> None:
    """The second call finds it there."""
    told: list[str] = []

    first = build.ensure(told.append)
    second = build.ensure(told.append)

    assert (first, 1, ["compile"]) == (second, len(compiled), told)


def test_the_folder_is_the_origin(compiled: list[Path]) -> None:
    """Exactly the files that the lock names with origin `lab`."""
    assert {installer.NAME, f"{NAME}.tar.bz2"} == {path.name for path in build.ensure().iterdir()}


def test_a_changed_recipe_compiles_anew(compiled: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """And the folder holds the new package alone."""
    build.ensure()
    monkeypatch.setattr(build, "PACKAGES", ("another",))
    build.ensure()

    assert 2 == len(compiled)


def test_a_broken_build_leaves_nothing_that_counts(
    compiled: list[Path], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a folder from a killed run is thrown away."""
    (cache / "python.new").mkdir(parents=True)
    (cache / "python.new" / "half.tar.bz2").write_text("")

    folder = build.ensure()

    assert not (folder / "half.tar.bz2").exists()


def test_a_failed_build_is_tried_again(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The failure is the caller's; the next call starts over."""

    def fail(*_: object) -> None:
        raise LabError("build", expected="a", actual="b", remedy="c")

    monkeypatch.setattr(build, "compile_python", fail)

    with pytest.raises(LabError):
        build.ensure()

    assert [] == list(cache.glob("python-*"))
