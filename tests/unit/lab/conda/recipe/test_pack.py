"""The package says of every file what conda needs to know, and the same files give the same bytes."""

import hashlib
import json
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

RECIPE = Path(__file__).parents[5] / "lab" / "conda" / "recipe"
PLACEHOLDER = (RECIPE / "placeholder").read_text().strip()
NAME = "python-3.11.2-0_cpython"


def pack(root: Path, out: Path) -> Path:
    """The packed folder, as the chroot does it."""
    out.mkdir()
    command = [sys.executable, str(RECIPE / "pack.py"), str(root), str(out), "3.11.2"]
    subprocess.run(command, check=True, env={"SOURCE_DATE_EPOCH": "1675814400"})
    return out / f"{NAME}.tar.bz2"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A stage with one file of each kind."""
    bin_ = tmp_path / "root" / "bin"
    bin_.mkdir(parents=True)
    (bin_ / "python3.11").write_bytes(b"\x7fELF\0" + PLACEHOLDER.encode() + b"\0")
    (bin_ / "python3").symlink_to("python3.11")
    (bin_ / "pydoc").write_text(f"#!{PLACEHOLDER}/bin/python\n")
    (bin_ / "plain").write_text("plain\n")
    return bin_.parent


def paths(package: Path) -> dict[str, dict[str, Any]]:
    """info/paths.json by file name."""
    with tarfile.open(package) as archive:
        stream = archive.extractfile("info/paths.json")
        assert stream is not None
        return {entry["_path"]: entry for entry in json.load(stream)["paths"]}


def test_files_with_the_placeholder_are_marked(root: Path, tmp_path: Path) -> None:
    """conda rewrites text and binary files differently, and no others."""
    found = paths(pack(root, tmp_path / "out"))

    modes = {name: entry.get("file_mode") for name, entry in found.items()}
    assert {"bin/python3.11": "binary", "bin/python3": None, "bin/pydoc": "text", "bin/plain": None} == modes
    assert PLACEHOLDER == found["bin/pydoc"]["prefix_placeholder"]


def test_every_file_has_its_hash(root: Path, tmp_path: Path) -> None:
    """Of the content as packed."""
    found = paths(pack(root, tmp_path / "out"))

    assert hashlib.sha256(b"plain\n").hexdigest() == found["bin/plain"]["sha256"]
    assert "softlink" == found["bin/python3"]["path_type"]


def test_the_same_files_give_the_same_bytes(root: Path, tmp_path: Path) -> None:
    """Whenever and by whomever they were written."""
    first = pack(root, tmp_path / "one").read_bytes()
    (root / "bin" / "plain").touch()

    assert first == pack(root, tmp_path / "two").read_bytes()


def test_the_placeholder_leaves_component_for_any_prefix() -> None:
    """conda's own limit; a longer prefix could not be written into a binary."""
    assert 255 == len(PLACEHOLDER)


def test_both_archives_hold_the_same(root: Path, tmp_path: Path) -> None:
    """The installer has the .tar.gz, the channel the .tar.bz2."""
    package = pack(root, tmp_path / "out")

    with tarfile.open(package) as one, tarfile.open(package.with_suffix("").with_suffix(".tar.gz")) as two:
        assert one.getnames() == two.getnames()
