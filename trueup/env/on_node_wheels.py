"""Runs on a node in the environment's own Python: what is installed, and whether it is whole. Prints JSON.

argv[1]: the size in bytes up to which a file is hashed; of a larger one the size alone is compared.
"""

import base64
import hashlib
import json
import platform
import re
import sys
from importlib import metadata


def altered(dist: metadata.Distribution, limit: int) -> "list[str]":
    """Files of a distribution that are missing, or not what its RECORD says (PEP 376)."""
    found = []
    for file in dist.files or ():
        path = file.locate()
        # Bytecode is derived: installers compile it anew over what a few wheels ship.
        if file.hash is None or file.suffix == ".pyc":
            continue
        try:
            size = path.stat().st_size  # type: ignore[attr-defined]  # a SimplePath that is a Path here
        except OSError:
            found.append(f"{file} is missing")
            continue
        if file.size is not None and file.size != size:
            found.append(f"{file} has {size} bytes, its wheel {file.size}")
        elif size <= limit:
            digest = hashlib.new(file.hash.mode, path.read_bytes()).digest()  # type: ignore[attr-defined]
            if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != file.hash.value:
                found.append(f"{file} has other bytes than its wheel")
    return found


def describe(dist: metadata.Distribution, limit: int) -> "dict[str, object]":
    """Version, who installed it, what it needs, and the first few files that are not its own."""
    return {
        "version": dist.version,
        "installer": (dist.read_text("INSTALLER") or "").strip(),
        "requires": dist.requires or [],
        "altered": altered(dist, limit)[:5],
    }


everything = {
    re.sub(r"[-_.]+", "-", dist.metadata["Name"] or "?").lower(): describe(dist, int(sys.argv[1]))
    for dist in metadata.distributions()
}
print(json.dumps({"python": platform.python_version(), "prefix": sys.prefix, "wheels": everything}))
