"""A small channel and an empty base, in which the stand-in answers without an installer."""

import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

PLACEHOLDER = "/opt/placeholder_placeholder_placeholder_placeholder_placeholder_placeholder_placeholder"
SIZE = 21_390_951  # what the recorded package weighed: 20.4 MB
PYTHON = f'#!/bin/sh\nexec "{sys.executable}" "$@"\n'
BINARY = b"\x7fELF\0" + PLACEHOLDER.encode() + b"/lib\0end\0"
TEXT = f"prefix = '{PLACEHOLDER}'\n"


def _entries() -> dict[str, tuple[bytes, dict[str, str]]]:
    prefixed = {"prefix_placeholder": PLACEHOLDER}
    return {
        "bin/python": (PYTHON.encode(), {}),
        "lib/prefix.py": (TEXT.encode(), {**prefixed, "file_mode": "text"}),
        "lib/binary": (BINARY, {**prefixed, "file_mode": "binary"}),
    }


def make_package(target: Path) -> None:
    """A conda package of three files, padded behind its end to a real one's weight."""
    entries = _entries()
    paths = [{"_path": name, "path_type": "hardlink", **more} for name, (_, more) in entries.items()]
    index = {"name": "python", "version": "3.11.2", "build": "0_cpython", "build_number": 0, "subdir": "linux-64"}
    files = {
        "info/index.json": json.dumps(index).encode(),
        "info/paths.json": json.dumps({"paths": paths}).encode(),
        **{name: content for name, (content, _) in entries.items()},
    }
    with tarfile.open(target, "w:bz2") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), 0o755
            archive.addfile(member, io.BytesIO(content))
    with target.open("ab") as out:
        out.write(bytes(SIZE - target.stat().st_size))


def make_channel(channel: Path) -> Path:
    """The channel's folder with its package and index."""
    for subdir in ("linux-64", "noarch"):
        (channel / subdir).mkdir(parents=True)
    package = channel / "linux-64" / "python-3.11.2-0_cpython.tar.bz2"
    make_package(package)
    content = package.read_bytes()
    record = {
        "name": "python",
        "version": "3.11.2",
        "build": "0_cpython",
        "build_number": 0,
        "depends": [],
        "md5": hashlib.md5(content, usedforsecurity=False).hexdigest(),
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
    }
    (channel / "noarch" / "repodata.json").write_text('{"packages": {}}')
    index = json.dumps({"packages": {package.name: record}})
    (channel / "linux-64" / "repodata.json").write_text(index)
    return channel


def make_base(root: Path) -> Path:
    """A base as the installer leaves one, without its files."""
    for name in ("conda-meta", "envs", "pkgs", "etc/profile.d"):
        (root / name).mkdir(parents=True)
    (root / "conda-meta" / "history").write_text("")
    (root / "etc" / "profile.d" / "conda.sh").write_text(": the function\n")
    return root


class Conda:
    """The stand-in's command line over one base."""

    def __init__(self, home: Path, channel: Path) -> None:
        self.home = home
        self.root = make_base(home / "anaconda3")
        self.channel = channel
        self.url = f"file://{channel}"

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        code = "from lab.conda.fake_conda.cli import main; raise SystemExit(main())"
        env = {"PATH": os.environ["PATH"], "HOME": str(self.home), "CONDA_SOLVER": "rattler"}
        return subprocess.run(
            [sys.executable, "-c", code, *words],
            env={**env, "TRUEUP_LAB_CONDA_ROOT": str(self.root)},
            capture_output=True,
            text=True,
        )

    def create(self, name: str, *more: str) -> subprocess.CompletedProcess[str]:
        """`conda create` of an environment with Python."""
        prefix = str(self.root / "envs" / name)
        channel = ("--override-channels", "-c", self.url)
        return self("create", "-y", "-q", *channel, "-p", prefix, "python=3.11", *more)


@pytest.fixture
def conda(tmp_path: Path) -> Conda:
    """A base of this test's own."""
    return Conda(tmp_path, make_channel(tmp_path / "chan"))
