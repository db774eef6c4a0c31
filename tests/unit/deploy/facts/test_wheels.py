"""The wheels of an environment: found by a real Python in a real folder, each file held to its RECORD."""

import base64
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyinfra.api.exceptions import FactProcessError

from deploy.facts.wheels import InstalledWheels, Wheel


@pytest.fixture
def env(tmp_path: Path) -> Path:
    """An environment with one wheel, Demo_Pkg 1.0+cu117, which has a small file and one over a MiB."""
    path = tmp_path / "env"
    site = path / "lib/python3.11/site-packages"
    site.mkdir(parents=True)
    python = path / "bin/python"
    python.parent.mkdir()
    # In place of conda's interpreter, whose prefix is the environment: this one, told where its wheels are.
    output = f"import sysconfig; sysconfig.get_paths = lambda: {{'purelib': '{site}'}}"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$1" "$2" "$3" "$4" "{output}\n$5" $6 $7\n')
    python.chmod(0o755)
    (site / "small.py").write_bytes(b"x = 1\n")
    (site / "large.so").write_bytes(b"\0" * ((1 << 20) + 1))
    info = site / "Demo_Pkg-1.0+cu117.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: Demo_Pkg\nVersion: 1.0+cu117\n")
    (info / "INSTALLER").write_text("uv\n")
    rows = []
    for file in (site / "small.py", site / "large.so", info / "METADATA"):
        digest = base64.urlsafe_b64encode(hashlib.sha256(file.read_bytes()).digest()).rstrip(b"=").decode()
        rows.append(f"{file.relative_to(site)},sha256={digest},{file.stat().st_size}")
    (info / "RECORD").write_text("\n".join([*rows, "Demo_Pkg-1.0+cu117.dist-info/RECORD,,", ""]))
    return path


def answer(env: Path, only: str | None = None, hashed: int | None = None) -> dict[str, Wheel]:
    fact = InstalledWheels()
    command = fact.command(str(env), only, hashed)
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    return fact.process(done.stdout.splitlines())


def site(env: Path) -> Path:
    return env / "lib/python3.11/site-packages"


def test_whole_wheel(env: Path) -> None:
    """The name is normalised (PEP 503), the local version kept, and looking leaves no bytecode."""
    before = sorted(env.rglob("*"))

    assert {"demo-pkg": Wheel("1.0+cu117", "uv", None)} == answer(env)
    assert before == sorted(env.rglob("*"))


def test_one_project(env: Path) -> None:
    """Who asks about one does not wait for the hashes of all."""
    assert {"demo-pkg": Wheel("1.0+cu117", "uv", None)} == answer(env, "demo-pkg")
    assert {} == answer(env, "deepspeed")


@pytest.mark.parametrize(
    ("damage", "damaged"),
    [
        (lambda at: (at / "small.py").write_bytes(b"x = 2\n"), "small.py"),
        (lambda at: (at / "small.py").unlink(), "small.py"),
        (lambda at: (at / "large.so").write_bytes(b"short"), "large.so"),
        (lambda at: next(at.glob("*/RECORD")).unlink(), "RECORD"),
        (lambda at: next(at.glob("*/METADATA")).unlink(), "METADATA"),
    ],
)
def test_damage_is_named(env: Path, damage: Callable[[Path], object], damaged: str) -> None:
    """An edit in place keeps the version; the bytes tell."""
    damage(site(env))

    assert damaged == answer(env)["demo-pkg"].damaged


@pytest.mark.parametrize(("later_s", "damaged"), [(60, "large.so"), (-60, None)])
def test_a_large_file_is_hashed_where_it_is_newer_than_its_record(env: Path, later_s: int, damaged: str | None) -> None:
    """Hashing gigabytes takes a node twenty seconds; what was written after the installer's last file is little."""
    at = site(env)
    (at / "large.so").write_bytes(b"\1" + b"\0" * (1 << 20))
    written = next(at.glob("*/RECORD")).stat().st_mtime + later_s
    os.utime(at / "large.so", (written, written))

    assert damaged == answer(env)["demo-pkg"].damaged


@pytest.mark.parametrize(("later_s", "damaged"), [(60, "small.py"), (-60, None)])
def test_a_quick_plan_reads_what_was_written_later(env: Path, later_s: int, damaged: str | None) -> None:
    """With hashed=0, however small the file; what bears no trace in time or size is left to the next full look."""
    at = site(env)
    (at / "small.py").write_bytes(b"x = 2\n")
    written = next(at.glob("*/RECORD")).stat().st_mtime + later_s
    os.utime(at / "small.py", (written, written))

    assert damaged == answer(env, hashed=0)["demo-pkg"].damaged
    assert "small.py" == answer(env)["demo-pkg"].damaged


def test_no_environment_no_wheels(tmp_path: Path) -> None:
    """A prefix without a Python is empty, not an error."""
    assert {} == answer(tmp_path / "none")


@pytest.mark.parametrize("text", ["", "Traceback (most recent call last):", "[]", "5", '{"a": 1}', '{"a": {"b": 1}}'])
def test_an_answer_that_is_none_fails_its_host(text: str) -> None:
    """Another exception would end the run for every host."""
    with pytest.raises(FactProcessError, match="wanted one JSON object"):
        InstalledWheels().process([text])


@given(st.recursive(st.none() | st.text(max_size=5), lambda some: st.dictionaries(st.text(max_size=3), some)).map(repr))
def test_hostile_answers_end_one_host_at_most(text: str) -> None:
    """Whatever Python prints, it is wheels or a FactProcessError."""
    try:
        InstalledWheels().process([text.replace("'", '"')])
    except FactProcessError:
        return
