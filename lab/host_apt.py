"""How this machine reaches Debian's archive, so that a node can do likewise: mirror, proxy, certificates."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

SUITE = "bookworm"
LOCAL_CERTIFICATES = Path("/usr/local/share/ca-certificates")
TARGETS = "$(ORIGIN)|$(CODENAME)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)"
# What decides how a file is fetched; the rest of apt's settings is this machine's own affair.
KEPT = ("Acquire::http", "Acquire::https", "Acquire::Check-", "Acquire::Retries", "Acquire::ForceIPv4")


@dataclass(frozen=True)
class HostAptSettings:
    """sources: lines of a sources.list, empty for the distribution's default; options: apt.conf lines;
    certificates: (file name, PEM) of the authorities that this machine's administrator added.
    """

    sources: tuple[str, ...]
    options: tuple[str, ...]
    certificates: tuple[tuple[str, str], ...]

    def write(self, folder: Path) -> None:
        """Lay it out as base/provision.sh reads it."""
        (folder / "ca").mkdir(parents=True)
        (folder / "sources.list").write_text("".join(f"{line}\n" for line in self.sources))
        (folder / "apt.conf").write_text("".join(f"{line}\n" for line in self.options))
        for name, pem in self.certificates:
            (folder / "ca" / name).write_text(pem)


def sources_in(targets: str) -> tuple[str, ...]:
    """Return the sources.list lines behind `apt-get indextargets --format TARGETS`, of Debian's own archive only."""
    components: dict[tuple[str, str], list[str]] = {}
    for line in targets.splitlines():
        origin, codename, uri, release, component = line.split("|")
        if origin != "Debian" or not codename.startswith(SUITE):
            continue
        if urlsplit(uri).scheme not in ("http", "https"):
            continue
        found = components.setdefault((uri, release), [])
        if component not in found:
            found.append(component)
    if not any(release == SUITE for _, release in components):
        return ()
    return tuple(f"deb {uri} {release} {' '.join(parts)}" for (uri, release), parts in components.items())


def options_in(dump: str, environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the lines of `apt-config dump` that a node needs, and the proxy that the environment names."""
    lines = [
        line
        for line in dump.splitlines()
        if line.startswith(KEPT)
        and not line.endswith(' "";')
        and "Proxy-Auto-Detect" not in line
        and not _names_this_machine(line)
    ]
    for scheme in ("http", "https"):
        proxy = environment.get(f"{scheme}_proxy", "")
        if proxy and not any(line.startswith(f"Acquire::{scheme}::Proxy ") for line in lines):
            line = f'Acquire::{scheme}::Proxy "{proxy}";'
            if not _names_this_machine(line):
                lines.append(line)
    return tuple(lines)


def _names_this_machine(line: str) -> bool:
    """Return whether the option is a proxy on this machine's loopback, which no node can reach."""
    if "::Proxy" not in line:
        return False
    host = urlsplit(line.split('"')[1]).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def gather() -> HostAptSettings:
    """Ask this machine's apt; raises subprocess.SubprocessError when apt itself fails."""
    targets = _apt("apt-get", "indextargets", "--format", TARGETS)
    dump = _apt("apt-config", "dump")
    certificates = tuple(
        (path.name, path.read_text()) for path in sorted(LOCAL_CERTIFICATES.rglob("*.crt")) if path.is_file()
    )
    return HostAptSettings(sources_in(targets), options_in(dump, os.environ), certificates)


def _apt(*command: str) -> str:
    return subprocess.run(command, text=True, capture_output=True, timeout=60, check=True).stdout
