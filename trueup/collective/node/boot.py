"""Reads settings and a zip from standard input, and calls the main function that the settings name.

Sent as ``python -c``. The zip is an unlinked file, reached as /proc/PID/fd/N by every process of the job.
"""

import base64
import importlib
import json
import os
import sys
import tempfile

settings = json.loads(sys.stdin.readline())
code = tempfile.TemporaryFile()  # noqa: SIM115  (stays open as long as this process)
code.write(base64.b64decode(sys.stdin.readline()))
code.flush()
bundle = f"/proc/{os.getpid()}/fd/{code.fileno()}"
sys.path.insert(0, bundle)
module = importlib.import_module("trueup.collective.node." + settings["module"])
sys.exit(module.main(settings, bundle))
