"""The wheel has the product and nothing of the project's own tools."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_wheel_has_no_lab(tmp_path: Path) -> None:
    """A production controller gets no simulated GPUs."""
    for name in ("trueup", "lab"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    build = "from setuptools import build_meta; build_meta.build_wheel('dist')"
    subprocess.run([sys.executable, "-c", build], cwd=tmp_path, check=True, capture_output=True)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    members = zipfile.ZipFile(wheel).namelist()

    assert {name.split("/")[0] for name in members if ".dist-info/" not in name} == {"trueup"}
    assert {"trueup/py.typed", "trueup/compat/tables/gpus.json", "trueup/drift/report/page.html.j2"} <= set(members)
