"""Combinations of GPU, driver, toolkit and ops whose outcome is known from the source cited, judged without error."""

from collections.abc import Callable
from typing import Any

import pytest

MATRIX = "NVIDIA, CUDA toolkit, driver and architecture matrix"
MODULES = "NVIDIA driver installation guide, kernel modules"
NOTES = "CUDA 13.2 Update 2 release notes, table 2"
ARCHS = "pytorch build scripts and RELEASE.md, arch list per build"
BUILDER = "DeepSpeed op_builder/builder.py"
# nodes, what differs from the stack that fits everywhere, the rules that refuse it, where that is known from
CASES: list[tuple[str, dict[str, Any], set[str], str]] = [
    ("a100 ubuntu-22.04, v100s rocky-9", {}, set(), ARCHS),
    ("v100s rocky-9", {"modules": "open"}, {"gpu-modules"}, MODULES),
    ("a100 rocky-9", {"modules": "open"}, set(), MODULES),
    ("t4 rocky-9", {"modules": "open"}, set(), MODULES),
    ("b200 ubuntu-24.04", {"toolkit": "12.8", "build": "12.8", "modules": "open"}, set(), MATRIX),
    ("b200 ubuntu-24.04", {"toolkit": "12.8", "build": "12.8"}, set(), "NixOS wiki, from memory: only warns"),
    ("b200 ubuntu-24.04", {"modules": "open"}, {"torch-arch", "gpu-toolkit", "gpu-runtime"}, MATRIX),
    (
        "b200 ubuntu-24.04",
        {"toolkit": "12.8", "build": "12.8", "modules": "open", "branch": "535"},
        {"gpu-branch"},
        MATRIX,
    ),
    ("v100s rocky-9", {"toolkit": "13.0", "build": "13.0"}, {"torch-arch", "gpu-toolkit", "gpu-runtime"}, MATRIX),
    ("v100s rocky-9", {"toolkit": "13.0"}, {"gpu-toolkit", "toolkit-torch", "deepspeed-nvcc"}, MATRIX),
    ("v100s rocky-9", {"toolkit": "12.9"}, set(), MATRIX),
    ("a100 rocky-9", {"toolkit": "13.0", "build": "13.0"}, set(), MATRIX),
    ("a100 rocky-9", {"toolkit": "10.2", "ops": ()}, {"gpu-toolkit", "toolkit-torch", "deepspeed-nvcc"}, MATRIX),
    ("v100s rocky-9", {"branch": "595"}, {"gpu-branch"}, MATRIX),
    ("v100s rocky-9", {"branch": "610"}, {"gpu-branch"}, MATRIX),
    ("v100s rocky-9", {"branch": "535"}, set(), MATRIX),
    ("a100 rocky-9", {"branch": "595"}, set(), MATRIX),
    ("a100 rocky-9", {"branch": "550"}, {"branch-eol"}, "no row for the branch: cannot judge"),
    ("a100 rocky-9", {"branch": "470"}, {"driver-runtime", "driver-toolkit"}, NOTES),
    ("a100 rocky-9", {"branch": "470", "torch": "2.6.0", "build": "11.8", "toolkit": "11.8"}, set(), NOTES),
    (
        "a100 rocky-9",
        {"branch": "535", "toolkit": "13.0", "build": "13.0"},
        {"driver-runtime", "driver-toolkit"},
        NOTES,
    ),
    ("a100 rocky-9", {"branch": "535"}, set(), NOTES),
    ("l40s rocky-9", {"torch": "2.0.1", "build": "11.7", "toolkit": "11.7"}, {"gpu-toolkit", "gpu-runtime"}, MATRIX),
    ("l40s rocky-9", {"torch": "2.1.2", "build": "11.8", "toolkit": "11.8"}, set(), MATRIX),
    ("rtx-9090 rocky-9", {}, {"gpu-toolkit"}, "no row for the model: cannot judge"),
    ("a100 gentoo-2", {}, {"gcc-nvcc"}, "no row for the distribution: cannot judge"),
    ("v100s rocky-9", {"ops": ("ragged_ops",)}, {"op-capability"}, BUILDER),
    ("a100 rocky-9", {"ops": ("ragged_ops",)}, set(), BUILDER),
    ("v100s rocky-9", {"ops": ("fp_quantizer",)}, {"op-capability"}, BUILDER),
    ("v100s rocky-9", {"ops": ("evoformer_attn",)}, set(), BUILDER),
    ("v100s rocky-9", {"ops": ("cutlass_ops",)}, set(), "from memory: only warns"),
]


@pytest.mark.parametrize(
    ("nodes", "changes", "expected", "source"),
    CASES,
    ids=[f"{nodes}: {' '.join(f'{k}={v}' for k, v in changes.items())}" for nodes, changes, _, _ in CASES],
)
def test_the_outcome_is_the_known_one(
    refusing: Callable[..., set[str]], nodes: str, changes: dict[str, Any], expected: set[str], source: str
) -> None:
    """Exactly the rules that the source speaks of refuse, and no other."""
    found = refusing(nodes, **changes)

    assert expected == found, source
