"""The wheel: what an operator's `pip install trueup` brings, and what stays in a checkout."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = ("pyproject.toml", "README.md", "LICENSE", "inventory.py", "profiles.py", "config.py", "conftest.py")
FOLDERS = ("trueup", "lab", "deploy", "bench", "tools")
BUILD = "import sys; from setuptools.build_meta import build_wheel; print(build_wheel(sys.argv[1]))"


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Build the wheel from a copy, offline, and list its files."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in FILES:
        shutil.copy(ROOT / name, source / name)
    for name in FOLDERS:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run([sys.executable, "-c", BUILD, out], cwd=source, check=True, capture_output=True, text=True)
    (wheel,) = out.glob("*.whl")
    return zipfile.ZipFile(wheel).namelist()


def test_trueup_is_the_only_package(names: list[str]) -> None:
    """The lab and the benchmark stay in a checkout."""
    packages = {name.split("/")[0] for name in names}

    assert {name for name in packages if not name.endswith(".dist-info")} == {"trueup"}


def test_files_of_the_package_are_complete(names: list[str]) -> None:
    """A table, a template or a script that is left out fails at run time only."""
    found = (ROOT / "trueup").rglob("*")
    expected = {
        str(path.relative_to(ROOT)) for path in found if path.is_file() and path.suffix not in (".pyc", ".mako", ".md")
    }

    assert sorted(expected - set(names)) == []
