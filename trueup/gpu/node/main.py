"""The probe: every section in a child of its own, one JSON document on standard output."""

import json
import sys
import time

from trueup.gpu.node.host import disks, memory_of_host, processors
from trueup.gpu.node.kernel import kernel, module, pci, text_of
from trueup.gpu.node.nvml import nvml
from trueup.gpu.node.sections import gather

FORMAT = 1


def main() -> None:
    """Prints what there is to see; argument 1 is the seconds that NVML gets."""
    sys.dont_write_bytecode = True
    began = time.monotonic()
    nvml_seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 30.0
    seen = gather(
        {
            "nvml": (nvml, nvml_seconds),
            "kernel": (kernel, 10.0),
            "module": (module, 5.0),
            "pci": (pci, 5.0),
            "disks": (disks, 5.0),
            "memory": (memory_of_host, 5.0),
            "processors": (processors, 5.0),
        }
    )
    about = {
        "format": FORMAT,
        "boot_id": text_of("/proc/sys/kernel/random/boot_id"),
        "uptime_s": float((text_of("/proc/uptime") or "0").split()[0]),
        "python": sys.version.split()[0],
        "executable": sys.executable,
        "seconds": round(time.monotonic() - began, 3),
    }
    json.dump(dict(seen, about=about), sys.stdout)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
