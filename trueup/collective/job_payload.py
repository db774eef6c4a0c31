"""The job as one zip, sent to a node over standard input."""

import base64
import json
import shlex
from collections.abc import Mapping
from functools import cache

from trueup import payload

_NODE = "trueup.collective.node"
# What a process of the job is started with; their imports come along.
_PROGRAMS = (
    f"{_NODE}.agent",
    f"{_NODE}.allreduce_job",
    f"{_NODE}.deepspeed_launcher",
    f"{_NODE}.diagnostics",
    f"{_NODE}.training_job",
    "trueup.gpu.node.monitor",
)


@cache
def bundle() -> bytes:
    """Return the zip; run as a program, it is one rank of the job."""
    return payload.archive(_PROGRAMS, payload.text(_NODE, "rank_main.py"))


def command(python: str) -> str:
    """Return the shell command that reads standard_input().

    -I keeps the node's PYTHON* variables away from the agent; the ranks get them, as any training job would.
    """
    return f"{shlex.quote(python)} -B -I -c {shlex.quote(payload.text(_NODE, 'boot.py'))}"


def standard_input(module: str, settings: Mapping[str, object]) -> bytes:
    """Return the settings on one line, the zip in base64 on the next; module: whose main() is called."""
    lines = json.dumps({**settings, "module": module}), base64.b64encode(bundle()).decode()
    return "".join(f"{line}\n" for line in lines).encode()
