"""A healthy node's probe as JSON values, to be made sick one value at a time."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from trueup.declaration import LAB, Node
from trueup.gpu.expected import ExpectedGpus, expected_gpus
from trueup.gpu.schema import Probe, read

Json = dict[str, Any]
HEALTHY_GPU: Json = {
    "name": "NVIDIA A100-PCIE-40GB",
    "uuid": "GPU-11111111-2222-3333-4444-555555555555",
    "pci": "00000000:3B:00.0",
    "pci_id": "20f1",
    "vbios": "92.00.25.00.08",
    "inforom_valid": True,
    "persistence": 1,
    "ecc_mode": [1, 1],
    "ecc_volatile": 0,
    "sram": 0,
    "remapped": [0, 0, 0, 0],
    "retired": [0, 0],
    "retired_pending": 0,
    "width": 16,
    "width_max": 16,
    "generation": 4,
    "generation_max": 4,
    "pstate": 0,
    "replays": 7,
    "replays_again": 7,
    "links": [0, 0],
    "link_errors": 0,
    "reasons": 1,
    "reasons_again": 1,
    "clock_sm": 1410,
    "clock_memory": 1215,
    "power_limit": 250000,
    "power_default": 250000,
    "processes": [],
    "memory": [40 << 30, 4 << 20],
}
MODULE = "NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.95.05  Tue Sep 30 UTC 2025\nGCC version:"


def gpu(index: int, changes: Json) -> Json:
    """One GPU; a change is a value, or a whole answer such as {"error": ...}."""
    values = {**HEALTHY_GPU, **changes}
    asked = {key: value if isinstance(value, dict) else {"v": value} for key, value in values.items()}
    return {"index": index, **asked}


def section(value: Json) -> Json:
    """A part of the look that was done."""
    return {"state": "looked", "value": value}


@pytest.fixture
def document() -> Callable[..., Json]:
    """document(first=changes of GPU 0, nvml=..., PART=...) -> the probe's whole answer."""

    def build(*, first: Json | None = None, nvml: Json | None = None, **parts: Json) -> Json:
        library = {"driver": {"v": "580.95.05"}, "library": {"v": "13.580"}, "count": {"v": 2}, "seconds": 0.1}
        library["gpus"] = [gpu(0, first or {}), gpu(1, {"uuid": "GPU-1", "pci": "00000000:5B:00.0"})]
        mount = {"source": "/dev/sda1", "kind": "ext4", "writable": True, "bytes": [50, 50], "inodes": [50, 50]}
        memory = {"MemTotal": 64 << 20, "MemAvailable": 32 << 20, "SwapTotal": 0, "SwapFree": 0}
        about = {"format": 1, "boot_id": "b00t", "uptime_s": 60.0, "python": "3.11.2", "executable": "/p"}
        return {
            "about": {**about, "seconds": 0.1},
            "nvml": section(nvml if nvml is not None else library),
            "kernel": section({"reader": "journalctl", "first": "Linux", "read": 1, "lines": []}),
            "module": section({"version": MODULE, "loaded": ["nvidia"]}),
            "pci": section({"devices": []}),
            "disks": section({"mounts": {"/": mount}}),
            "memory": section(memory),
            "processors": section({"governors": ["performance"], "numa_nodes": 2, "processors": 64}),
            **parts,
        }

    return build


@pytest.fixture
def probe(document: Callable[..., Json]) -> Callable[..., Probe]:
    """The same, read."""

    def build(**changes: Json) -> Probe:
        found = read(json.dumps(document(**changes)).encode())
        assert isinstance(found, Probe), found
        return found

    return build


@pytest.fixture
def expectation() -> Callable[..., ExpectedGpus]:
    """What is wanted of a node with that model; further keys as in the inventory."""

    def build(model: str = "a100-pcie-40gb", **declared: object) -> ExpectedGpus:
        fields: Json = {"name": "node1", "hostname": "n", "profile": "lab", "gpus": f"{model} x2", "address": "n"}
        fields |= {"interface": "eth0", "mirror": "http://m", **declared}
        return expected_gpus(Node.model_validate(fields), LAB)

    return build
