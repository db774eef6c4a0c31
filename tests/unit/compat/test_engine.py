"""The verdict as a whole: all breaches at once, and never a pass by default."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from trueup.compat.engine import Compatibility, evaluate, evaluate_fleet, refuse_if_impossible
from trueup.compat.stack import NodeFacts, Stack, StackOnNode
from trueup.declaration import Fleet, Node, Profile, Refusal, load_profiles

TODAY = date(2026, 11, 23)
PROFILES = load_profiles(Path(__file__).parents[3] / "profiles.py")
Judged = Callable[..., Compatibility]


def fleet(*nodes: tuple[str, str | None]) -> Fleet:
    """A fleet of ("a100-pcie-40gb", "rocky-9") nodes."""
    return Fleet(
        nodes=tuple(
            Node(
                name=f"node{i}",
                hostname=f"10.0.0.{i}",
                address=f"10.0.0.{i}",
                profile="guide",
                gpus=f"{gpu} x2",
                interface="eth0",
                mirror="http://10.0.0.9",
                distro=distro,
            )
            for i, (gpu, distro) in enumerate(nodes, 1)
        )
    )


def everywhere(declared: Fleet, profile: Profile) -> dict[str, Profile]:
    return {node.name: profile for node in declared.nodes}


PAIR7 = fleet(("a100-pcie-40gb", "centos-7"), ("v100s-pcie-32gb", "centos-7"))


def test_all_breaches_are_reported_at_once(verdict: Judged) -> None:
    """One run is enough to know everything that is wrong."""
    found = verdict(["v100s rocky-9"], modules="open", branch="595", toolkit="13.0", torchvision="0.1.0")

    expected = {"gpu-modules", "gpu-branch", "gpu-toolkit", "torch-torchvision", "toolkit-torch", "deepspeed-nvcc"}
    assert expected == {finding.rule for finding in found.of("refused")}


def test_nodes_that_breach_alike_share_a_finding(verdict: Judged) -> None:
    """A thousand nodes of one kind are one line."""
    found = verdict(["v100s rocky-9", "v100s ubuntu-22.04"], modules="open")

    assert [("v100s rocky-9", "v100s ubuntu-22.04")] == [finding.nodes for finding in found.of("refused")]


def test_what_is_from_memory_only_warns(verdict: Judged) -> None:
    """cutlass_ops on Volta is from memory; ragged_ops is confirmed."""
    found = verdict(["v100s rocky-9"], ops=("cutlass_ops", "ragged_ops"))

    levels = [
        (finding.level, "cutlass" in finding.expected) for finding in found.findings if finding.rule == "op-capability"
    ]
    assert [("warning", True), ("refused", False)] == levels


@pytest.mark.parametrize(
    ("nodes", "changes", "said"),
    [
        (["rtx-9090 rocky-9"], {}, "trueup/compat/tables/gpus.json"),
        (["a100 rocky-9"], {"torch": "2.16.0"}, "trueup/compat/tables/torch.json"),
        (["a100 gentoo-2"], {}, "trueup/compat/tables/distros.json"),
        (["a100 rocky-9"], {"branch": "550"}, "trueup/compat/tables/branches.json"),
        (["a100 rocky-9"], {"toolkit": "14.0"}, "trueup/compat/tables/toolkits.json"),
        (["a100 rocky-9"], {"installer": "MyConda.sh"}, "trueup/compat/tables/conda.json"),
        (["a100 rocky-9"], {"numpy": "3.0.0"}, "trueup/compat/tables/numpy.json"),
        (["a100 rocky-9"], {"deepspeed": "nightly"}, "does not begin with a version number"),
        ([], {}, "none, or all are out"),
    ],
)
def test_what_is_unknown_cannot_be_judged(
    verdict: Judged, nodes: list[str], changes: dict[str, Any], said: str
) -> None:
    """The missing row is named with how to add it, and the verdict is no pass."""
    found = verdict(nodes, **changes)

    assert found.refused
    assert any(said in finding.actual for finding in found.of("cannot judge"))


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"glibc": "2.17"}, "the node says glibc 2.17"),
        ({"glibc": "soon"}, "does not begin with a version number"),
        ({"distro": "centos-7"}, "the node says centos-7"),
    ],
)
def test_a_node_that_lies_cannot_be_judged(
    node: Callable[..., NodeFacts], fits: Stack, facts: dict[str, Any], said: str
) -> None:
    """Declared and probed must agree, and so must a distribution and its glibc."""
    found = evaluate([StackOnNode(replace(node("a100 rocky-9"), **facts), fits)])

    assert any(said in finding.actual for finding in found.of("cannot judge"))


def test_the_guide_on_centos_7_passes_with_all_its_warnings() -> None:
    """The guide's own pair can be built; what is doubtful about it is shown."""
    found = evaluate_fleet(PAIR7, everywhere(PAIR7, PROFILES["guide"]), today=TODAY)

    assert not found.refused
    assert {
        "gcc-nvcc",
        "libaio-symbol",
        "bf16",
        "distro-eol",
        "distro-repository",
        "conda-terms",
        "torch-setuptools",
        "triton-capability",
        "nccl-architectures",
    } == {finding.rule for finding in found.findings}


@pytest.mark.parametrize("distros", [("rocky-9", "ubuntu-22.04"), ("ubuntu-22.04", "rocky-9")])
def test_maintained_fits_a100_and_v100s(distros: tuple[str, str]) -> None:
    """Only Volta's own limits and the channel's terms are left to say."""
    pair = fleet(("a100-pcie-40gb", distros[0]), ("v100s-pcie-32gb", distros[1]))
    found = evaluate_fleet(pair, everywhere(pair, PROFILES["maintained"]), today=TODAY)

    assert {"bf16", "conda-terms", "triton-capability"} == {finding.rule for finding in found.findings}


def test_the_two_cuda_builds_of_one_release_do_not_meet() -> None:
    """torch 2.10 for CUDA 12.8 carries NCCL 2.27.5 and for CUDA 13.0 2.28.9 (pytorch RELEASE.md)."""
    pair = fleet(("a100-pcie-40gb", "rocky-9"), ("a100-pcie-40gb", "ubuntu-22.04"))
    guide = PROFILES["guide"]
    profiles = {}
    for node, cuda in zip(pair.nodes, ("12.8", "13.0"), strict=True):
        env = guide.env.model_copy(update={"cuda_build": cuda, "wheels": {"torch": "2.10.0"}})
        profiles[node.name] = guide.model_copy(update={"env": env})
    found = {finding.rule: finding for finding in evaluate_fleet(pair, profiles, today=TODAY).of("refused")}

    assert "NCCL 2.27.5 on node1; 2.28.9 on node2" == found["one-nccl"].actual
    assert "2.10.0+cu128 on node1; 2.10.0+cu130 on node2" == found["one-torch"].actual


def test_an_undeclared_distribution_is_no_pass_and_no_refusal_before_the_probe() -> None:
    """Without facts a rule waits for the node; with facts nothing may be left open."""
    pair = fleet(("a100-pcie-40gb", None))
    profiles = everywhere(pair, PROFILES["guide"])

    refuse_if_impossible(pair, profiles)
    assert evaluate_fleet(pair, profiles).refused
    with pytest.raises(Refusal, match="neither declared nor probed"):
        refuse_if_impossible(pair, profiles, facts={})


def test_a_refusal_lists_every_reason() -> None:
    """What stops converge is readable as it stands."""
    maintained = PROFILES["maintained"]
    driver = maintained.driver.model_copy(update={"branch": "595", "modules": "open"})
    broken = maintained.model_copy(update={"driver": driver})

    with pytest.raises(Refusal) as caught:
        refuse_if_impossible(PAIR7, everywhere(PAIR7, broken))
    rules = {line.split()[1] for line in caught.value.problems}
    assert {"[refused]"} == {line.split()[0] for line in caught.value.problems}
    assert {"gpu-branch", "gpu-modules", "torch-glibc", "numpy-python"} == rules


def test_a_profile_without_torch_is_refused() -> None:
    """There is nothing to judge in a stack without torch."""
    guide = PROFILES["guide"]
    bare = guide.model_copy(update={"env": guide.env.model_copy(update={"wheels": {}})})

    with pytest.raises(Refusal, match=r"env\.wheels pins no torch"):
        refuse_if_impossible(PAIR7, everywhere(PAIR7, bare))
