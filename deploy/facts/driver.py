"""Read the driver as installed and as loaded."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pyinfra.api.facts import FactBase

from trueup.platforms import DRIVER_PACKAGE

Flavour = Literal["proprietary", "open"]

_LOADED = re.compile(r"^NVRM version:.*?\s(\d{3}\.\d+(?:\.\d+)?)\s")
_OURS = re.compile(DRIVER_PACKAGE)
# NVIDIA/yum-packaging-dkms-nvidia, README; packages.debian.org; packages.ubuntu.com.
_OPEN = re.compile(
    r"^(nvidia-open(-\d{3})?|nvidia-(kernel-open|open-kernel)-dkms|nvidia-dkms-\d{3}-open|kmod-nvidia-open-dkms)$"
)
# os-release(5) has nothing on it; the firmware's own variable, whose fifth byte is 1 where it is on.
_SECURE = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
# "0:name-1.2-3.el9.*" -> name
_LOCKED = r"s/^[0-9]*:*\([A-Za-z].*\)-[0-9]*:*[0-9][^-]*-[^-]*$/held \1/p"
# "hi  package name 1.2" -> "held name" and "package name 1.2": dpkg's own word for what apt-mark holds, in a tenth of
# its time.
_APT = r"h; s/^hi. *package \([^ ]*\) .*/held \1/p; g; s/^.i. *//p"
_VERSION = re.compile(r"^(?:\d+:)?(\d{3}(?:\.\d+)*)")
_STREAM = "/etc/dnf/modules.d/nvidia-driver.module"


@dataclass(frozen=True)
class DriverInfo:
    """What the node says of its driver.

    loaded, built: the version of the module in the kernel and of the one on disk, with the flavour of each.
    packages: name -> driver version. held: names of those. stream: dnf's, of the module nvidia-driver.
    kernel: uname -r; headers: whether its own are there. runfile: whether NVIDIA's installer was here.
    secure_boot: whether the firmware loads signed modules only. nouveau: loaded. daemon: its ExecStart.
    """

    loaded: tuple[str, Flavour] | None
    built: tuple[str, Flavour] | None
    packages: dict[str, str]
    held: frozenset[str]
    stream: str | None
    kernel: str
    headers: bool
    runfile: bool
    secure_boot: bool
    nouveau: bool
    daemon: str

    @property
    def flavour(self) -> Flavour:
        """Of the packages."""
        return "open" if any(_OPEN.match(name) for name in self.packages) else "proprietary"

    @property
    def installed(self) -> set[str]:
        """Versions of the kernel module that the next boot may load."""
        if self.built:
            return {self.built[0]}
        return {version for name, version in self.packages.items() if "kernel" in name or "kmod" in name}


class DriverState(FactBase[DriverInfo]):
    """One question about the driver; each line starts with what it is about."""

    def command(self, manager: str, headers: str) -> str:
        """A file or a tool that is not there is an answer: nothing loaded, nothing held."""
        own = headers.format(kernel="$(uname -r)")
        listing = {
            "apt": f"dpkg-query -W -f '${{db:Status-Abbrev}} package ${{Package}} ${{Version}}\\n' | sed -n '{_APT}'; "
            f"dpkg-query -W -f '${{db:Status-Abbrev}}\n' {own} 2>/dev/null | sed -n 's/^.i.*/headers yes/p'",
        }.get(
            manager,
            "rpm -qa --qf 'package %{NAME} %{VERSION}\\n'; "
            f"if rpm -q --quiet {own}; then echo headers yes; fi; "
            f"if [ -r {_STREAM} ]; then sed -n 's/^stream=/stream /p' {_STREAM}; fi; "
            f"if {manager} versionlock --help >/dev/null 2>&1; then "
            f"{manager} -q versionlock list | sed -n '{_LOCKED}'; fi",
        )
        return (
            "if [ -r /proc/driver/nvidia/version ]; then sed 's/^/loaded /' /proc/driver/nvidia/version; fi; "
            "if modinfo nvidia >/dev/null 2>&1; then "
            'echo "built $(modinfo -F version nvidia) $(modinfo -F license nvidia)"; fi; '
            "if test -x /usr/bin/nvidia-uninstall; then echo runfile yes; fi; "
            "if [ -d /sys/module/nouveau ]; then echo nouveau yes; fi; "
            f"if [ -r {_SECURE} ]; then echo secure $(od -An -tu1 -j4 -N1 {_SECURE}); fi; "
            "systemctl cat nvidia-persistenced 2>/dev/null | sed -n 's/^ExecStart=\\(.\\)/daemon \\1/p'; "
            f"echo kernel $(uname -r); {listing}"
        )

    def process(self, output: Iterable[str]) -> DriverInfo:
        """Lines of "word rest"."""
        lines = [line.partition(" ")[::2] for line in output]
        values = {word: rest.strip() for word, rest in lines}
        pairs = [rest.split(" ") for word, rest in lines if word == "package"]
        packages = {
            pair[0]: match[1]
            for pair in pairs
            if len(pair) == 2 and _OURS.match(pair[0]) and (match := _VERSION.match(pair[1]))
        }
        return DriverInfo(
            loaded=_loaded([rest for word, rest in lines if word == "loaded"]),
            built=_built(values.get("built", "")),
            packages=packages,
            held=frozenset(rest for word, rest in lines if word == "held" and rest in packages),
            stream=values.get("stream"),
            kernel=values.get("kernel", ""),
            headers="headers" in values,
            runfile="runfile" in values,
            secure_boot=values.get("secure") == "1",
            nouveau="nouveau" in values,
            daemon=values.get("daemon", ""),
        )


def _loaded(lines: list[str]) -> tuple[str, Flavour] | None:
    for line in lines:
        if match := _LOADED.match(f"{line} "):
            return match[1], "open" if "Open Kernel Module" in line else "proprietary"
    return None


def _built(words: str) -> tuple[str, Flavour] | None:
    """modinfo's version and licence: NVIDIA's own is called NVIDIA, the open one's is dual."""
    version, _, licence = words.partition(" ")
    return (version, "open" if "GPL" in licence else "proprietary") if version else None
