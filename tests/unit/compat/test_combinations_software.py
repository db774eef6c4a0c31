"""Combinations of torch, DeepSpeed and the rest whose outcome is known from the source cited, judged without error."""

from collections.abc import Callable
from typing import Any

import pytest

ARCHS = "pytorch build scripts and RELEASE.md, arch list per build"
TAGS = "tags and metadata of the published wheels"
BUILDER = "DeepSpeed op_builder/builder.py"
# nodes, what differs from the stack that fits everywhere, the rules that refuse it, where that is known from
CASES: list[tuple[str, dict[str, Any], set[str], str]] = [
    (
        "a100 ubuntu-22.04, v100s centos-7",
        {"torch": "2.0.1", "build": "11.7", "toolkit": "11.7", "deepspeed": "0.14.0"},
        set(),
        "the guide itself",
    ),
    (
        "a100 centos-7",
        {"torch": "2.1.2", "build": "12.1", "toolkit": "11.4"},
        {"toolkit-torch", "deepspeed-nvcc"},
        BUILDER,
    ),
    (
        "a100 centos-7",
        {"torch": "2.0.1", "build": "11.7", "toolkit": "12.2"},
        {"toolkit-torch", "deepspeed-nvcc"},
        BUILDER,
    ),
    ("a100 centos-7", {"torch": "2.0.1", "build": "11.7", "toolkit": "11.4", "deepspeed": "0.14.0"}, set(), BUILDER),
    ("a100 rocky-9", {"torch": "2.1.2", "build": "12.1", "toolkit": "12.2", "deepspeed": "0.12.1"}, set(), BUILDER),
    (
        "a100 rocky-9",
        {"torch": "2.1.2", "build": "12.1", "toolkit": "12.2", "deepspeed": "0.11.2"},
        {"deepspeed-nvcc"},
        BUILDER,
    ),
    (
        "a100 rocky-9",
        {"torch": "2.6.0", "build": "12.6", "toolkit": "12.8", "deepspeed": "0.16.3"},
        {"deepspeed-nvcc"},
        BUILDER,
    ),
    ("a100 rocky-9", {"torch": "2.6.0", "build": "12.6", "toolkit": "12.8", "deepspeed": "0.16.4"}, set(), BUILDER),
    (
        "a100 rocky-9",
        {"torch": "2.6.0", "build": "12.6", "toolkit": "12.9", "deepspeed": "0.17.1"},
        {"deepspeed-nvcc"},
        BUILDER,
    ),
    ("a100 rocky-9", {"torch": "2.11.0", "build": "13.0", "toolkit": "13.2"}, {"deepspeed-nvcc"}, BUILDER),
    ("a100 rocky-9", {"torch": "2.11.0", "build": "13.0", "toolkit": "13.0"}, set(), BUILDER),
    (
        "v100s rocky-9",
        {"torch": "2.11.0", "build": "13.0", "toolkit": "13.0"},
        {"torch-arch", "gpu-toolkit", "gpu-runtime"},
        ARCHS,
    ),
    ("v100s rocky-9", {"torch": "2.11.0", "build": "12.8", "toolkit": "12.8"}, {"torch-arch"}, ARCHS),
    ("v100s rocky-9", {"torch": "2.11.0"}, set(), ARCHS),
    ("v100s rocky-9", {"torch": "2.7.1", "build": "12.8", "toolkit": "12.8"}, {"torch-arch"}, ARCHS),
    ("v100s rocky-9", {"torch": "2.7.1"}, set(), ARCHS),
    ("v100s rocky-9", {"torch": "2.8.0", "build": "12.8", "toolkit": "12.8"}, set(), ARCHS),
    ("v100s rocky-9", {"torch": "2.14.1"}, set(), ARCHS),
    (
        "a100 rocky-9",
        {"torch": "2.15.0", "python": "3.12"},
        {"torch-arch", "torch-build"},
        "pytorch #190385: cu126 is not published from 2.15 on",
    ),
    ("a100 rocky-9", {"torch": "2.15.0", "build": "13.2", "toolkit": "13.2"}, {"torch-python"}, TAGS),
    ("a100 rocky-9", {"torch": "2.15.0", "build": "13.2", "toolkit": "13.2", "python": "3.12"}, set(), TAGS),
    ("a100 rocky-9", {"torch": "2.16.0"}, {"torch-build"}, "no row for the release: cannot judge"),
    ("a100 rocky-9", {"torch": "2.0.1", "build": "12.1", "toolkit": "12.1"}, {"torch-arch", "torch-build"}, ARCHS),
    ("a100 centos-7", {"torch": "2.7.1"}, {"torch-glibc"}, TAGS),
    ("a100 ubuntu-18.04", {"torch": "2.7.1"}, {"torch-glibc"}, TAGS),
    ("v100s centos-7", {"torch": "2.6.0", "build": "12.4", "toolkit": "12.4"}, set(), TAGS),
    (
        "a100 centos-7",
        {"torch": "2.6.0"},
        {"torch-glibc"},
        "pytorch 2.6.0 release notes: the cu126 build is manylinux_2_28",
    ),
    ("a100 ubuntu-18.04", {"torch": "2.6.0", "build": "11.8", "toolkit": "11.8"}, set(), TAGS),
    ("a100 rocky-8", {}, set(), TAGS),
    ("a100 rocky-9", {"torch": "2.0.1", "build": "11.7", "toolkit": "11.7", "python": "3.12"}, {"torch-python"}, TAGS),
    ("a100 rocky-9", {"torch": "2.9.1", "python": "3.9"}, {"torch-python"}, TAGS),
    ("a100 rocky-9", {"torch": "2.13.0", "python": "3.15", "numpy": "2.5.5"}, set(), TAGS),
    ("a100 rocky-9", {"python": "3.13"}, {"numpy-python"}, TAGS),
    (
        "a100 centos-7",
        {"torch": "2.6.0", "build": "12.4", "toolkit": "12.4", "python": "3.12", "numpy": "2.5.5"},
        {"numpy-python"},
        TAGS,
    ),
    (
        "a100 rocky-9",
        {"torch": "2.0.1", "build": "11.7", "toolkit": "11.7", "numpy": "2.2.6"},
        {"torch-numpy"},
        "torch 2.3 release notes",
    ),
    (
        "a100 rocky-9",
        {"torch": "2.2.2", "build": "12.1", "toolkit": "12.1", "numpy": "2.0.2"},
        {"torch-numpy"},
        "torch 2.3 release notes",
    ),
    (
        "a100 rocky-9",
        {"torch": "2.3.1", "build": "12.1", "toolkit": "12.1", "numpy": "2.0.2"},
        set(),
        "torch 2.3 release notes",
    ),
    (
        "a100 rocky-9",
        {"torch": "2.3.1", "build": "12.1", "toolkit": "12.1", "numpy": "2.0.2", "deepspeed": "0.14.0"},
        {"deepspeed-numpy"},
        "run of DeepSpeed 0.14.0",
    ),
    (
        "a100 rocky-9",
        {"torch": "2.0.1", "build": "11.7", "toolkit": "11.7", "setuptools": "70.0.0"},
        {"torch-setuptools"},
        "DeepSpeed #5649",
    ),
    ("a100 rocky-9", {"torch": "2.8.0", "setuptools": "82.0.0"}, {"torch-setuptools"}, "gsplat PR #899"),
    ("a100 rocky-9", {"setuptools": "84.2.1"}, set(), "gsplat PR #899"),
    (
        "a100 rocky-9",
        {"torch": "2.1.2", "build": "11.8", "toolkit": "11.8", "torchvision": "0.15.2"},
        {"torch-torchvision"},
        TAGS,
    ),
    (
        "a100 rocky-9",
        {"torch": "2.0.1", "build": "11.7", "toolkit": "11.7", "torchaudio": "2.1.2"},
        {"torch-torchaudio"},
        TAGS,
    ),
    (
        "a100 rocky-9",
        {"torch": "2.4.1", "build": "12.1", "toolkit": "12.1", "deepspeed": "0.14.0"},
        {"deepspeed-torch"},
        "DeepSpeed #5603",
    ),
    (
        "a100 rocky-9",
        {"torch": "2.4.1", "build": "12.1", "toolkit": "12.1", "deepspeed": "0.14.4"},
        set(),
        "DeepSpeed #5603",
    ),
    (
        "a100 rocky-9",
        {"torch": "1.13.1", "build": "11.7", "toolkit": "11.7"},
        {"deepspeed-torch"},
        "DeepSpeed 0.19.1 requirements",
    ),
    ("a100 rocky-9", {"deepspeed": "0.19.9"}, {"deepspeed-torch"}, "newer than the newest seen: cannot judge"),
    (
        "a100 rocky-9",
        {"torch": "2.0.1", "build": "11.7", "toolkit": "11.7", "ops": ("sparse_attn",)},
        {"op-torch"},
        BUILDER,
    ),
    (
        "a100 rocky-9",
        {"torch": "1.13.1", "build": "11.7", "toolkit": "11.7", "ops": ("sparse_attn",), "deepspeed": "0.14.0"},
        set(),
        BUILDER,
    ),
    ("a100 rocky-9", {"ops": ("async_io",), "packages": ()}, {"op-package"}, BUILDER),
    ("a100 rocky-9", {"ops": ("async_io",)}, set(), BUILDER),
    ("a100 rocky-9", {"ops": ("warp_drive",)}, {"op-known"}, "no row for the op: cannot judge"),
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
