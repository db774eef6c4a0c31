"""Print as JSON what is installed and whether it is whole; run by the environment's own Python.

argv[1]: the size in bytes up to which a file is hashed; of a larger one the size alone is compared, unless it was
written after its RECORD, the last file that an installer writes.
"""

import base64
import csv
import hashlib
import json
import os
import platform
import re
import sys
from importlib import metadata

# What is written in the same second is the installer's own.
SLACK_S = 1


def altered(dist: metadata.Distribution, limit: int) -> "list[str]":
    """Return the files of a distribution that are missing or not as its RECORD has them (PEP 376)."""
    site = str(dist.locate_file(""))
    rows = list(csv.reader((dist.read_text("RECORD") or "").splitlines()))
    records = [f"{site}/{row[0]}" for row in rows if row and row[0].endswith(".dist-info/RECORD")]
    newest = max((os.stat(path).st_mtime for path in records if os.path.exists(path)), default=0.0) + SLACK_S
    # Bytecode is derived: installers compile it anew over what a few wheels ship.
    damages = (
        damage_of(site, row, limit, newest) for row in rows if len(row) == 3 and row[1] and not row[0].endswith(".pyc")
    )
    return [damage for damage in damages if damage]


def damage_of(site: str, row: "list[str]", limit: int, newest: float) -> str:
    """Describe the damage of a file of RECORD, or return ""; called for 20,000 files, so by few system calls.

    newest: the time after which no installer writes.
    """
    name, digest, size = row
    try:
        state = os.stat(f"{site}/{name}")  # a Path costs more than the rest
        actual = state.st_size
        if size and actual != int(size):
            return f"{name} has {actual} bytes, its wheel {size}"
        if actual > limit and state.st_mtime <= newest:
            return ""
        with open(f"{site}/{name}", "rb", buffering=0) as file:  # the same
            data = file.read()
    except OSError:
        return f"{name} is missing"
    kind, _, expected = digest.partition("=")
    if base64.urlsafe_b64encode(hashlib.new(kind, data).digest()).rstrip(b"=").decode() != expected:
        return f"{name} has other bytes than its wheel"
    return ""


def describe(dist: metadata.Distribution, limit: int) -> "tuple[str, dict[str, object]]":
    """Return the normalised name (PEP 503), and version, installer, requirements and the first altered files."""
    # importlib reads an egg's requirements from another file, and parses METADATA anew at each access.
    headers = dist.metadata
    requires = headers.get_all("Requires-Dist") if dist.read_text("METADATA") is not None else dist.requires
    return re.sub(r"[-_.]+", "-", headers["Name"] or "?").lower(), {
        "version": headers["Version"],
        "installer": (dist.read_text("INSTALLER") or "").strip(),
        "requires": requires or [],
        "altered": altered(dist, limit)[:5],
    }


everything = dict(describe(dist, int(sys.argv[1])) for dist in metadata.distributions())
print(json.dumps({"python": platform.python_version(), "prefix": sys.prefix, "wheels": everything}))
