"""Puts the installer together: installer.sh, and behind it a plain tar of CPython and the stand-in for conda.

Only CPython is compressed, in the chroot; so the installer's bytes do not depend on this machine's zlib.
"""

import hashlib
import io
import re
import tarfile
from pathlib import Path

HERE = Path(__file__).parent
NAME = "Anaconda3-2023.09-0-Linux-x86_64.sh"
# Unpacked package, the base that is linked to it, and 100 MB to spare.
NEEDED_KB = 250 * 1024


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))


def payload(package: Path) -> bytes:
    """The archive: the package as NAME.tar.gz, and fake_conda/."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as archive:
        _add(archive, package.name, package.read_bytes())
        for path in sorted((HERE / "fake_conda").glob("*.*")):
            if path.suffix in (".py", ".txt"):
                _add(archive, f"fake_conda/{path.name}", path.read_bytes())
    return buffer.getvalue()


def make(package: Path, target: Path) -> None:
    """Write the installer of the package (a .tar.gz) to `target`: the same bytes from the same inputs."""
    content = payload(package)
    script = (HERE / "installer.sh").read_text(encoding="utf-8")
    marks = {
        "NEEDED_KB": str(NEEDED_KB),
        "SHA256": hashlib.sha256(content).hexdigest(),
        "LINES": str(script.count("\n") + 1),
        "PACKAGE": package.name.removesuffix(".tar.gz"),
    }
    header = re.sub(r"@([A-Z0-9_]+)@", lambda match: marks[match[1]], script)
    fresh = target.with_name(f".{target.name}.new")
    fresh.write_bytes(header.encode() + content)
    fresh.chmod(0o755)
    fresh.replace(target)
