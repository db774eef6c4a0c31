"""Debian's own package of nvcc, by this machine's apt, from a section of the archive that it need not use itself."""

from pathlib import Path

from lab.errors import LabError
from lab.host_apt import SUITE, gather
from lab.process import run

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
DEADLINE = 900.0  # seconds; the package has 84 MB


def sources(lines: tuple[str, ...], suite: str = SUITE) -> str:
    """The non-free section of a suite, where the first of a machine's own lines of its own suite is; "" without one."""
    for line in lines:
        kind, uri, release, *_ = line.split()
        if (kind, release) == ("deb", SUITE):
            return f"deb [signed-by={KEYRING}] {uri} {suite} non-free\n"
    return ""


def download(package: str, suite: str, folder: Path) -> Path:
    """The suite's package as Debian's archive signs it, in the folder; raises LabError."""
    line = sources(gather().sources, suite)
    if not line:
        raise LabError(
            f"fetch Debian's {package}",
            expected=f"a source of Debian's {SUITE} in this machine's apt",
            actual="none",
            remedy=f"add Debian's archive for {SUITE} to /etc/apt/sources.list.d (signed by {KEYRING})",
        )
    private = folder / "apt"
    (private / "lists/partial").mkdir(parents=True)
    (private / "cache/archives/partial").mkdir(parents=True)
    (private / "sources.list").write_text(line)
    options = {
        "Dir::Etc::SourceList": private / "sources.list",
        "Dir::Etc::SourceParts": "-",
        "Dir::State::Lists": private / "lists",
        "Dir::Cache": private / "cache",
        # The folder is the caller's alone, and apt's own user cannot write to it.
        "APT::Sandbox::User": "root",
    }
    apt = ["apt-get", "-q", *(word for name, value in options.items() for word in ("-o", f"{name}={value}"))]
    step = f"fetch Debian's {package}"
    run(step, *apt, "update", deadline=DEADLINE, cwd=folder)
    run(step, *apt, "download", package, deadline=DEADLINE, cwd=folder)
    return next(folder.glob(f"{package}_*.deb"))
