"""Every rule has one case that it holds against, and one that it lets pass."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from trueup.compat.engine import RuleViolation, evaluate
from trueup.compat.rules import FLEET_RULES, NODE_RULES
from trueup.compat.stack import NodeFacts, Stack, StackOnNode

A, V = "a100 rocky-9", "v100s rocky-9"
C7 = "a100 centos-7"
OLD = {"torch": "2.0.1", "build": "11.7", "toolkit": "11.7", "python": "3.10", "numpy": "1.26.4"}
# rule: (nodes, stack, facts) that breach it, and the same that do not; facts go to the last node.
CASES: dict[str, tuple[tuple[str, dict[str, Any], dict[str, Any]], tuple[str, dict[str, Any], dict[str, Any]]]] = {
    "gpu-toolkit": ((V, {"toolkit": "13.0"}, {}), (V, {"toolkit": "12.9"}, {})),
    "gpu-runtime": ((V, {"build": "13.0"}, {}), (A, {"build": "13.0"}, {})),
    "gpu-branch": ((V, {"branch": "595"}, {}), (V, {}, {})),
    "gpu-modules": ((V, {"modules": "open"}, {}), (A, {"modules": "open"}, {})),
    "driver-toolkit": ((A, {"branch": "535", "toolkit": "13.0"}, {}), (A, {"toolkit": "13.0"}, {})),
    "driver-runtime": ((A, {"branch": "535", "build": "13.0"}, {}), (A, {"build": "13.0"}, {})),
    "driver-ptx": ((A, {"branch": "535"}, {}), (A, {}, {})),
    "branch-eol": ((A, {"branch": "535"}, {}), (A, {}, {})),
    "toolkit-glibc": ((A, {}, {"glibc": "2.41"}), (A, {}, {"glibc": "2.39"})),
    "nvcc-defect": ((A, {"toolkit": "12.8"}, {}), (A, {}, {})),
    "torch-build": ((A, {"build": "12.1"}, {}), (A, {"build": "12.8"}, {})),
    "torch-arch": ((V, {"build": "13.0"}, {}), (V, {"build": "12.8"}, {})),
    "torch-python": ((A, {"python": "3.9"}, {}), (A, {}, {})),
    "torch-torchvision": ((A, {"torchvision": "0.24.1"}, {}), (A, {}, {})),
    "torch-torchaudio": ((A, {"torchaudio": "2.9.1"}, {}), (A, {}, {})),
    "torch-glibc": ((C7, {}, {}), (C7, OLD, {})),
    "torch-machine": ((A, {}, {"machine": "aarch64"}), (A, {}, {"machine": "x86_64"})),
    "torch-numpy": ((A, {**OLD, "numpy": "2.2.6"}, {}), (A, OLD, {})),
    "numpy-python": ((A, {"numpy": "1.26.4", "python": "3.13"}, {}), (A, {"numpy": "1.26.4"}, {})),
    "torch-setuptools": ((A, OLD, {}), (A, {**OLD, "setuptools": "69.5.1"}, {})),
    "toolkit-torch": ((A, {"toolkit": "11.8"}, {}), (A, {}, {})),
    "triton-capability": ((V, {}, {}), (A, {}, {})),
    "deepspeed-torch": ((A, {"deepspeed": "0.14.0"}, {}), (A, {**OLD, "deepspeed": "0.14.0"}, {})),
    "deepspeed-numpy": ((A, {"deepspeed": "0.14.0"}, {}), (A, {"deepspeed": "0.14.4"}, {})),
    "deepspeed-python": ((A, {"python": "3.13"}, {}), (A, {}, {})),
    "deepspeed-nvcc": ((A, {"toolkit": "12.7"}, {}), (A, {"toolkit": "12.8"}, {})),
    "gcc-nvcc": ((A, {}, {"gcc": "14.2.0"}), (A, {}, {"gcc": "13.3.0"})),
    "op-known": ((A, {"ops": ("warp_drive",)}, {}), (A, {}, {})),
    "op-capability": ((V, {"ops": ("ragged_ops",)}, {}), (A, {"ops": ("ragged_ops",)}, {})),
    "op-torch": ((A, {"ops": ("sparse_attn",)}, {}), (A, {"ops": ("sparse_attn",), "torch": "1.13.1"}, {})),
    "op-package": ((A, {"ops": ("async_io",), "packages": ()}, {}), (A, {"ops": ("async_io",)}, {})),
    "libaio-symbol": ((C7, {"deepspeed": "0.14.5"}, {}), (A, {"deepspeed": "0.14.5"}, {})),
    "bf16": ((V, {}, {}), (A, {}, {})),
    "fat-build": ((A, {}, {"arch_list": "7.0;8.0+PTX"}), (A, {}, {"arch_list": "8.0;8.6"})),
    "facts-agree": ((A, {}, {"glibc": "2.17"}), (A, {}, {"glibc": "2.34"})),
    "distro-eol": ((C7, {}, {}), (A, {}, {})),
    "distro-repository": ((C7, {}, {}), (C7, {"branch": "535", "toolkit": "12.4"}, {})),
    "conda-terms": ((A, {"installer": "Anaconda3-2023.09-0-Linux-x86_64.sh"}, {}), (A, {}, {})),
    "fleet-not-empty": (("", {}, {}), (A, {}, {})),
    "nccl-architectures": ((f"{A}, {V}", {"torch": "2.6.0"}, {}), (f"{A}, {V}", {}, {})),
    "nccl-cpus": (
        (f"{A}, {V}", {"torch": "2.2.2", "build": "12.1"}, {"cpu": "amd"}),
        (f"{A}, {V}", {"torch": "2.2.2", "build": "12.1", "nccl": (("NCCL_NET_OVERHEAD", "1000"),)}, {"cpu": "amd"}),
    ),
}
# These compare nodes that have different stacks: see the tests at the end.
BETWEEN = {"one-torch", "one-nccl"}

Make = Callable[..., NodeFacts]


def findings(node: Make, fits: Stack, case: tuple[str, dict[str, Any], dict[str, Any]]) -> list[RuleViolation]:
    names, changes, facts = case
    placed = [StackOnNode(node(name, cpu="intel"), replace(fits, **changes)) for name in names.split(", ") if name]
    if facts:
        placed[-1] = replace(placed[-1], node=replace(placed[-1].node, **facts))
    return list(evaluate(placed).findings)


def test_every_rule_is_proven() -> None:
    """A rule that no test makes refuse might never refuse."""
    assert {rule.id for rule in (*NODE_RULES, *FLEET_RULES)} == set(CASES) | BETWEEN


@pytest.mark.parametrize("rule", CASES)
def test_the_rule_holds_against_a_breach(rule: str, node: Make, fits: Stack) -> None:
    """The finding names what was wanted, what was found and what to do."""
    found = [finding for finding in findings(node, fits, CASES[rule][0]) if finding.rule == rule]

    assert found
    assert all((found[0].expected, found[0].actual, found[0].remedy, found[0].source))


@pytest.mark.parametrize("rule", CASES)
def test_the_rule_lets_pass_what_fits(rule: str, node: Make, fits: Stack) -> None:
    """It does not speak up where it has nothing to say."""
    assert [] == [finding for finding in findings(node, fits, CASES[rule][1]) if finding.rule == rule]


@pytest.mark.parametrize(
    ("other", "backend", "expected"),
    [
        ({"build": "12.6"}, "nccl", set()),
        ({"build": "12.8"}, "nccl", {("one-torch", "refused")}),
        ({"build": "13.0"}, "nccl", {("one-torch", "refused"), ("one-nccl", "refused")}),
        ({"torch": "2.9.1"}, "nccl", {("one-torch", "refused")}),
        ({"build": "13.0"}, "gloo", {("one-torch", "warning")}),
    ],
)
def test_nodes_share_one_torch_and_one_nccl(
    node: Make, fits: Stack, other: dict[str, Any], backend: str, expected: set[tuple[str, str]]
) -> None:
    """torch 2.10 carries NCCL 2.27.5 for CUDA 12 and 2.28.9 for CUDA 13 (pytorch RELEASE.md)."""
    first = replace(fits, backend=backend)
    found = evaluate(
        [StackOnNode(node(A), first), StackOnNode(node("a100 ubuntu-22.04"), replace(first, **other))]
    ).findings

    assert expected == {(finding.rule, finding.level) for finding in found if finding.rule in BETWEEN}
