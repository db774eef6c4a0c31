"""Print the environment's wheels as JSON, on a node.

The environment's Python runs it with the standard library alone.

argv: the projects that are asked about; none for all; hashed=N: another size in bytes than 1 MiB.

Files up to that size are hashed, larger ones held to the size that RECORD gives (PEP 376): all of torch's
Python code and every small library is covered, in a second instead of twenty. A larger one that was written
after its RECORD, the last file that an installer writes, is hashed as well.
"""

import base64
import csv
import hashlib
import json
import os
import pathlib
import re
import sys
import sysconfig

LIMIT = 1 << 20
# What is written in the same second is the installer's own.
SLACK_S = 1


def first_damage(site: pathlib.Path, record: pathlib.Path, limit: int) -> "str | None":
    """The first file of RECORD that is missing or altered."""
    newest = record.stat().st_mtime + SLACK_S
    with record.open(encoding="utf-8", newline="") as lines:
        for name, digest, size in csv.reader(lines):
            # Bytecode is compiled anew at install; the few wheels that ship some list bytes that are then gone.
            if digest and not name.endswith(".pyc") and not is_whole(f"{site}/{name}", digest, size, newest, limit):
                return name
    return None


def is_whole(path: str, digest: str, size: str, newest: float, limit: int) -> bool:
    """Whether a file is there and what RECORD says; twenty thousand times, so by few calls of the system.

    newest: the time after which no installer writes; limit: up to which size it is hashed nevertheless.
    """
    try:
        state = os.stat(path)  # a Path costs more than the rest of this
        if size and state.st_size != int(size):
            return False
        if size and int(size) > limit and state.st_mtime <= newest:
            return True
        with open(path, "rb", buffering=0) as file:  # the same
            data = file.read()
    except OSError:
        return False
    kind, _, expected = digest.partition("=")
    return base64.urlsafe_b64encode(hashlib.new(kind, data).digest()).rstrip(b"=").decode() == expected


def describe(info: pathlib.Path, limit: int) -> "dict[str, str | None]":
    """Version, installer, first damage."""
    record, installer, metadata = info / "RECORD", info / "INSTALLER", info / "METADATA"
    damaged = first_damage(info.parent, record, limit) if record.is_file() else "RECORD"
    if not metadata.is_file():
        damaged = "METADATA"
    return {
        "version": info.name[: -len(".dist-info")].partition("-")[2],
        "installer": installer.read_text().strip() if installer.is_file() else "",
        "damaged": damaged,
    }


def project(info: pathlib.Path) -> str:
    """The normalised name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", info.name.partition("-")[0]).lower()


site = pathlib.Path(sysconfig.get_paths()["purelib"])
projects = [word for word in sys.argv[1:] if not word.startswith("hashed=")]
hashed = next((int(word.partition("=")[2]) for word in sys.argv[1:] if word.startswith("hashed=")), LIMIT)
actual = [info for info in sorted(site.glob("*.dist-info")) if not projects or project(info) in projects]
print(json.dumps({project(info): describe(info, hashed) for info in actual}))
