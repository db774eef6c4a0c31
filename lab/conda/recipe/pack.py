"""Packs a staged CPython for conda; runs in the chroot on that very CPython, standard library only.

Writes OUT/python-VERSION-BUILD.tar.bz2, the package, and the same files as .tar.gz: a bare node has gzip, no bzip2.
"""

import bz2
import gzip
import hashlib
import io
import json
import os
import sys
import tarfile
from pathlib import Path

EPOCH = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
BUILD = "0_cpython"
PLACEHOLDER = Path(__file__).with_name("placeholder").read_text(encoding="ascii").strip()


def entry(root: Path, path: Path) -> dict[str, object]:
    """One record of info/paths.json (version 1 of conda's format)."""
    record: dict[str, object] = {"_path": str(path.relative_to(root))}
    if path.is_symlink():
        target = path.resolve()
        return record | {
            "path_type": "softlink",
            "sha256": hashlib.sha256(target.read_bytes()).hexdigest(),
            "size_in_bytes": target.stat().st_size,
        }
    content = path.read_bytes()
    if PLACEHOLDER.encode() in content:
        mode = "binary" if b"\0" in content else "text"
        record |= {"file_mode": mode, "prefix_placeholder": PLACEHOLDER}
    return record | {
        "path_type": "hardlink",
        "sha256": hashlib.sha256(content).hexdigest(),
        "size_in_bytes": len(content),
    }


def info_files(paths: list[dict[str, object]], version: str) -> dict[str, str]:
    """The package's info/ folder: file name -> text."""
    index = {
        "arch": "x86_64",
        "build": BUILD,
        "build_number": 0,
        "constrains": [],
        "depends": [],
        "license": "PSF-2.0",
        "name": "python",
        "platform": "linux",
        "subdir": "linux-64",
        "timestamp": EPOCH * 1000,
        "version": version,
    }
    about = {
        "home": "https://www.python.org/",
        "license": "PSF-2.0",
        "summary": "CPython, unchanged, compiled for the lab",
    }
    prefixed = [p for p in paths if "file_mode" in p]
    return {
        "about.json": json.dumps(about, indent=2, sort_keys=True) + "\n",
        "files": "".join(f"{p['_path']}\n" for p in paths),
        "has_prefix": "".join(f"{PLACEHOLDER} {p['file_mode']} {p['_path']}\n" for p in prefixed),
        "index.json": json.dumps(index, indent=2, sort_keys=True) + "\n",
        "paths.json": json.dumps({"paths": paths, "paths_version": 1}, indent=2, sort_keys=True) + "\n",
    }


def plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """The member without anything of the machine that packed it."""
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    member.mtime = EPOCH
    return member


def tarred(root: Path, files: list[Path], info: dict[str, str]) -> bytes:
    """The package as a tar archive: info/ first, as conda wants it."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name, text in sorted(info.items()):
            member = tarfile.TarInfo(f"info/{name}")
            member.size = len(text.encode())
            archive.addfile(plain(member), io.BytesIO(text.encode()))
        for path in files:
            archive.add(path, str(path.relative_to(root)), recursive=False, filter=plain)
    return buffer.getvalue()


def main(root: Path, out: Path, version: str) -> None:
    """Pack the files below ROOT."""
    files = sorted(p for p in root.rglob("*") if p.is_symlink() or p.is_file())
    archive = tarred(root, files, info_files([entry(root, path) for path in files], version))
    name = f"python-{version}-{BUILD}"
    (out / f"{name}.tar.bz2").write_bytes(bz2.compress(archive))
    (out / f"{name}.tar.gz").write_bytes(gzip.compress(archive, mtime=0))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
