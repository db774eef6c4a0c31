"""The nodes of the lab that TRUEUP_LAB names, from its state; the project's own tests use this file."""

import json as _json
import os as _os
from pathlib import Path as _Path

from lab import stacks as _stacks
from lab.gpu.state import uuids as _uuids

_name = _os.environ.get("TRUEUP_LAB") or "default"
_state = _Path.home() / ".local/state/trueup/lab" / _name
if not (_state / "state.json").exists():
    raise LookupError(f"no lab {_name!r} on this machine; bring it up: TRUEUP_LAB={_name} trueup lab up")
_lab = _json.loads((_state / "state.json").read_text())
_network = f"10.213.{_lab['number']}"

# The nodes share this machine's memory and processors.
_kib = int(_Path("/proc/meminfo").read_text().split()[1])
_every = {
    "memory_gib": round(_kib / (1 << 20)),
    "numa_nodes": len(list(_Path("/sys/devices/system/node").glob("node[0-9]*"))),
    "profile": _stacks.of(_lab.get("shape", "debian")).name,
    "profiles": "lab/profiles.py",
    "ssh_user": "root",
    "ssh_key": str(_state / "ssh/id_ed25519"),
    "ssh_known_hosts_file": str(_state / "ssh/known_hosts"),
    "interface": "eth0",
    "mirror": f"http://{_network}.1:8713",
}


def _node(number: int, gpus: dict[str, object]) -> tuple[str, dict[str, object]]:
    name = f"node{number}"
    own = {"ssh_hostname": f"{_network}.{10 + number}", "gpu_uuids": _uuids(name)}
    return f"@trueup/{name}", {**_every, **own, **gpus}


_count = _lab["nodes"]
_A100: dict[str, object] = {"gpus": "a100-pcie-40gb x2", "gpu_nvlink": False}
_V100S: dict[str, object] = {"gpus": "v100s-pcie-32gb x2"}
a100 = [_node(number, _A100) for number in range(1, _count + 1, 2)]
v100s = [_node(number, _V100S) for number in range(2, _count + 1, 2)]
