"""Of an index's files exactly the one is locked that an installer on the node would take."""

import hashlib
import zipfile
from pathlib import Path

import pytest

from trueup.lockfile import Artifact, Lock
from trueup.mirror.errors import MirrorError
from trueup.mirror.origins import addresses, index_of
from trueup.mirror.resolve import IndexFile, best_file, locate, resolve, target_tags


def files(*names: str) -> list[IndexFile]:
    """An index's files of one project."""
    return [IndexFile(name=name, url=f"https://host/{name}", size=1, sha256="ab" * 32) for name in names]


@pytest.mark.parametrize(
    ("names", "best"),
    [
        (("x-1-py3-none-any.whl", "x-1-cp311-cp311-manylinux2014_x86_64.whl"), 1),
        (("x-1-cp311-cp311-manylinux_2_28_x86_64.whl", "x-1-cp311-cp311-manylinux1_x86_64.whl"), 0),
        (("x-1-cp311-cp311-manylinux_2_34_x86_64.whl", "x-1-cp37-abi3-manylinux2014_x86_64.whl"), 1),
        (("x-1-1-py3-none-any.whl", "x-1-2-py3-none-any.whl"), 1),
        (("x-1.tar.gz", "x-1-py3-none-any.whl"), 1),
        (("x-1.tar.gz", "x-1-cp310-cp310-manylinux1_x86_64.whl"), 0),
    ],
)
def test_the_most_specific_wheel_is_taken(names: tuple[str, ...], best: int) -> None:
    """PEP 425's order, then the higher build, then the source."""
    found = best_file(files(*names), "3.11")

    assert found is not None
    assert names[best] == found.name


def test_an_older_glibc_takes_an_older_wheel() -> None:
    """EL 7 has 2.17: a wheel for 2.27 does not load there."""
    names = ("x-1-cp311-cp311-manylinux_2_27_x86_64.whl", "x-1-py3-none-any.whl")

    found = best_file(files(*names), "3.11", (2, 17))

    assert found is not None
    assert names[1] == found.name


def test_no_usable_file() -> None:
    """Only another platform's wheel."""
    assert best_file(files("x-1-cp311-cp311-macosx_11_0_arm64.whl"), "3.11") is None


def test_legacy_platform_names_stand_for_their_glibc() -> None:
    """PEP 600: manylinux2014 is 2_17, manylinux1 is 2_5."""
    order = [tag.platform for tag in target_tags("3.11") if tag.interpreter == tag.abi == "cp311"]

    assert ["manylinux_2_28_x86_64", "linux_x86_64"] == [order[0], order[-1]]
    assert order.index("manylinux_2_17_x86_64") + 1 == order.index("manylinux2014_x86_64")
    assert order.index("manylinux_2_5_x86_64") + 1 == order.index("manylinux1_x86_64")


def make_wheel(folder: Path, project: str, requires: str = "") -> Path:
    """A wheel that holds nothing but its own metadata."""
    path = folder / f"{project}-1.0-py3-none-any.whl"
    info = f"{project}-1.0.dist-info"
    needs = f"Requires-Dist: {requires}\n" if requires else ""
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {project}\nVersion: 1.0\n{needs}")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package index (PEP 503) in a folder, which uv is configured to use; no network."""
    packages = tmp_path / "packages"
    packages.mkdir()
    for project, requires in (("alpha", "beta"), ("beta", "")):
        wheel = make_wheel(packages, project, requires)
        sha256 = hashlib.sha256(wheel.read_bytes()).hexdigest()
        page = tmp_path / "simple" / project / "index.html"
        page.parent.mkdir(parents=True)
        page.write_text(f'<a href="{wheel.as_uri()}#sha256={sha256}">{wheel.name}</a>')
    monkeypatch.setenv("UV_DEFAULT_INDEX", (tmp_path / "simple").as_uri())
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    monkeypatch.setenv("UV_NO_CONFIG", "1")
    return tmp_path


def test_dependencies_are_resolved(index: Path) -> None:
    """alpha needs beta, so both are locked."""
    assert {"alpha-1.0-py3-none-any.whl", "beta-1.0-py3-none-any.whl"} == {
        file.name for file in resolve(["alpha"], "3.11")
    }


def test_what_no_index_has_is_said(index: Path) -> None:
    """In the resolver's own words."""
    with pytest.raises(MirrorError, match="gamma"):
        resolve(["gamma"], "3.11")


def test_a_locked_file_is_resolved_again(index: Path) -> None:
    """By its exact version, without its dependencies."""
    assert ["alpha-1.0-py3-none-any.whl"] == list(locate(["alpha==1.0"], "3.11"))


def test_a_site_s_own_index_is_one_setting(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """index+ADDRESS instead of what uv is configured to use."""
    monkeypatch.setenv("UV_DEFAULT_INDEX", (index / "none").as_uri())
    name = "alpha-1.0-py3-none-any.whl"
    lock = Lock(artifacts=(Artifact(name=name, size=1, sha256="ab" * 32, origin="pypi"),))

    settings = {"pypi": f"index+{(index / 'simple').as_uri()}"}

    found = addresses(lock, settings)

    assert {name: (index / "packages" / name).as_uri()} == found
    assert name in {file.name for file in resolve(["alpha"], "3.11", index=index_of(settings))}
    assert index_of({}) is None
