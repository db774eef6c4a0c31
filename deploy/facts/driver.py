"""The driver as installed and as loaded."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pyinfra.api.facts import FactBase

_LOADED = re.compile(r"^NVRM version:.*?\s(\d{3}\.\d+(?:\.\d+)?)\s")
# The driver's own packages carry its version; NVIDIA's container toolkit has one of its own.
_OURS = re.compile(r"^(lib)?nvidia-|^cuda-drivers|^libcuda1$|^libnv|^kmod-nvidia")
# os-release(5) has nothing on it; the firmware's own variable, whose fifth byte is 1 where it is on.
_SECURE = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
# "0:name-1.2-3.el9.*" -> name
_LOCKED = r"s/^[0-9]*:*\([A-Za-z].*\)-[0-9]*:*[0-9][^-]*-[^-]*$/held \1/p"
_VERSION = re.compile(r"^(?:\d+:)?(\d{3}(?:\.\d+)*)")


@dataclass(frozen=True)
class DriverFound:
    """loaded: the module's version, or None. packages: name -> driver version. held: names of those.

    kernel: uname -r. secure_boot: whether the firmware loads signed modules only. nouveau: loaded.
    """

    loaded: str | None
    packages: dict[str, str]
    held: frozenset[str]
    kernel: str
    secure_boot: bool
    nouveau: bool


class DriverState(FactBase[DriverFound]):
    """One question about the driver; each line starts with what it is about."""

    def command(self, manager: str) -> str:
        """A file or a tool that is not there is an answer: nothing loaded, nothing held."""
        listing = {
            "apt": "dpkg-query -W -f '${db:Status-Abbrev} package ${Package} ${Version}\\n' | sed -n 's/^.i. *//p'; "
            "apt-mark showhold | sed 's/^/held /'",
        }.get(
            manager,
            "rpm -qa --qf 'package %{NAME} %{VERSION}\\n'; "
            f"if {manager} versionlock --help >/dev/null 2>&1; then "
            f"{manager} -q versionlock list | sed -n '{_LOCKED}'; fi",
        )
        return (
            "if [ -r /proc/driver/nvidia/version ]; then sed 's/^/loaded /' /proc/driver/nvidia/version; fi; "
            "if [ -d /sys/module/nouveau ]; then echo nouveau yes; fi; "
            f"if [ -r {_SECURE} ]; then echo secure $(od -An -tu1 -j4 -N1 {_SECURE}); fi; "
            f"echo kernel $(uname -r); {listing}"
        )

    def process(self, output: Iterable[str]) -> DriverFound:
        """Lines of "word rest"."""
        lines = [line.partition(" ")[::2] for line in output]
        loaded = [match[1] for word, rest in lines if word == "loaded" and (match := _LOADED.match(f"{rest} "))]
        pairs = [rest.split(" ") for word, rest in lines if word == "package"]
        packages = {
            pair[0]: match[1]
            for pair in pairs
            if len(pair) == 2 and _OURS.match(pair[0]) and (match := _VERSION.match(pair[1]))
        }
        held = frozenset(rest for word, rest in lines if word == "held" and rest in packages)
        kernel = next((rest for word, rest in lines if word == "kernel"), "")
        return DriverFound(
            loaded[0] if loaded else None,
            packages,
            held,
            kernel,
            ("secure", "1") in lines,
            ("nouveau", "yes") in lines,
        )
