"""A package's files in a prefix: linked, or copied with the prefix written into them; and its conda-meta record."""

import json
import os
import py_compile
import shutil
import tarfile
import time
from pathlib import Path
from typing import Any

from . import VERSION
from .channel import Record


def extract(package: Path) -> Path:
    """The unpacked folder beside a .tar.bz2, which appears only when it is whole."""
    folder = package.with_name(package.name.removesuffix(".tar.bz2"))
    if not (folder / "info" / "index.json").is_file():
        fresh = folder.with_name(f".{folder.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)
        with tarfile.open(package, "r:bz2") as archive:
            archive.extractall(fresh)  # noqa: S202 - verified against the channel's SHA-256
        fresh.rename(folder)
    return folder


def with_prefix(content: bytes, placeholder: bytes, prefix: bytes, binary: bool) -> bytes:
    """The placeholder replaced; in binaries every string keeps its length, padded with NULs at its end."""
    if not binary:
        return content.replace(placeholder, prefix)
    pieces = content.split(placeholder)
    result = [pieces[0]]
    for piece in pieces[1:]:
        text, nul, rest = piece.partition(b"\0")
        result.append(prefix + text + nul + b"\0" * (len(placeholder) - len(prefix)) + rest)
    return b"".join(result)


def _link_one(source: Path, target: Path, entry: dict[str, Any], prefix: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    if "prefix_placeholder" in entry:
        placeholder = entry["prefix_placeholder"].encode()
        binary = entry["file_mode"] == "binary"
        target.write_bytes(with_prefix(source.read_bytes(), placeholder, str(prefix).encode(), binary))
        shutil.copymode(source, target)
        if target.suffix == ".py" and not binary:
            mode = py_compile.PycInvalidationMode.CHECKED_HASH
            py_compile.compile(str(target), doraise=True, invalidation_mode=mode)
        return
    if source.is_symlink():
        target.symlink_to(source.readlink())
        return
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)  # another file system than the package cache's


def link(folder: Path, record: Record, prefix: Path, spec: str) -> None:
    """Lay the unpacked package out in the prefix and record it in conda-meta."""
    paths = json.loads((folder / "info" / "paths.json").read_text(encoding="utf-8"))
    for entry in paths["paths"]:
        _link_one(folder / entry["_path"], prefix / entry["_path"], entry, prefix)
    meta = prefix / "conda-meta"
    meta.mkdir(exist_ok=True)
    index = json.loads((folder / "info" / "index.json").read_text(encoding="utf-8"))
    document = {
        **index,
        "channel": f"{record['channel_url']}/{record['subdir']}",
        "extracted_package_dir": str(folder),
        "files": [entry["_path"] for entry in paths["paths"]],
        "fn": record["fn"],
        "link": {"source": str(folder), "type": 1},
        "md5": record["md5"],
        "paths_data": paths,
        "requested_spec": spec,
        "sha256": record["sha256"],
        "size": record["size"],
        "url": record["url"],
    }
    name = f"{record['name']}-{record['version']}-{record['build']}.json"
    (meta / name).write_text(json.dumps(document, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def write_history(prefix: Path, command: str, records: list[Record], specs: list[str]) -> None:
    """conda-meta/history, which makes the folder an environment; the last thing that is written."""
    now = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())
    added = "".join(f"+{r['channel_url']}/{r['subdir']}::{r['name']}-{r['version']}-{r['build']}\n" for r in records)
    text = f"==> {now} <==\n# cmd: {command}\n# conda version: {VERSION}\n{added}# update specs: {json.dumps(specs)}\n"
    with (prefix / "conda-meta" / "history").open("a", encoding="utf-8") as out:
        out.write(text)
