"""The job as one zip that Python runs, sent to a node over standard input and never stored there."""

import base64
import io
import json
import zipfile
from functools import lru_cache
from pathlib import Path
from typing import Any

_PACKAGE = Path(__file__).parent
PARTS = (
    *("agent", "allreduce_job", "collectives", "deepspeed_launcher", "device", "diagnostics", "exact_values"),
    *("free_port", "gpu_monitor", "mapped_libraries", "net_probe", "reap", "result_writer", "training_job"),
)
# What a launcher starts: the program that the settings name.
MAIN = """
import importlib, json, sys
importlib.import_module("trueup.collective.node." + json.loads(sys.argv[-1])["program"]).main()
""".lstrip()
# What looks at the GPUs beside the job, out of the probe's own parts.
WATCH = ("sections", "nvml", "monitor")

# The zip is an unlinked file, reached as /proc/PID/fd/N by every process of the job. -I keeps the node's own
# PYTHON* variables away from the agent; the ranks get them, as any training job would.
BOOT = """
import base64, importlib, json, os, sys, tempfile
settings = json.loads(sys.stdin.readline())
code = tempfile.TemporaryFile()
code.write(base64.b64decode(sys.stdin.readline()))
code.flush()
bundle = "/proc/%d/fd/%d" % (os.getpid(), code.fileno())
sys.path.insert(0, bundle)
module = importlib.import_module("trueup.collective.node." + settings["module"])
sys.exit(module.main(settings, bundle))
""".strip()


@lru_cache(maxsize=1)
def packed() -> bytes:
    """The zip: the parts under their own names, and a __main__ that is one process of the job."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("trueup/__init__.py", "")
        archive.writestr("trueup/collective/__init__.py", "")
        archive.writestr("trueup/collective/node/__init__.py", "")
        for part in PARTS:
            archive.write(_PACKAGE / f"collective/node/{part}.py", f"trueup/collective/node/{part}.py")
        archive.writestr("trueup/gpu/__init__.py", "")
        archive.writestr("trueup/gpu/node/__init__.py", "")
        for part in WATCH:
            archive.write(_PACKAGE / f"gpu/node/{part}.py", f"trueup/gpu/node/{part}.py")
        archive.writestr("__main__.py", MAIN)
    return buffer.getvalue()


def standard_input(module: str, settings: dict[str, Any]) -> bytes:
    """What BOOT reads: the settings on one line, the zip in base64 on the next; module: whose main is called."""
    return f"{json.dumps({**settings, 'module': module})}\n{base64.b64encode(packed()).decode()}\n".encode()
