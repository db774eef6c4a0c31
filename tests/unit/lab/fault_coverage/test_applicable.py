"""Tests of which faults apply to a lab of each shape."""

import re

import pytest

from lab.fault_coverage.applicable import NODE, STANDARD_SHAPE, faults_for
from lab.faults.catalogue import catalogue
from lab.faults.fault import EVERYWHERE, Fault
from lab.stacks import NEWER, STANDARD_STACK, LabStack
from lab.topologies import SHAPES
from trueup.lockfile import read_lock

OTHERS = [shape for shape in SHAPES if shape != STANDARD_SHAPE]
INSTALLED = re.compile(r"(\w+-\d[\w.]*)\.dist-info")


def versions(stack: LabStack) -> tuple[str, ...]:
    """How a fault names what the stack is made of, the folders of its wheels' metadata aside."""
    release, deepspeed = stack.toolkit.release, stack.profile.deepspeed.version
    build = stack.profile.env.cuda_build
    names = (f"cu{build.split('.')[0]}", f"cu{build.replace('.', '')}")
    return release, release.replace(".", "-"), stack.toolkit.cudart, deepspeed, *names


def locked(stack: LabStack) -> set[str]:
    """The wheels of the stack's environment, as the folders of their metadata are named."""
    return {"-".join(wheel.name.split("-")[:2]) for wheel in read_lock(stack.lock).env_wheels()}


def lines(fault: Fault) -> tuple[str, ...]:
    """Every line and name of the fault that can name a version or a package."""
    commands = (*fault.inject, fault.verify, *fault.undo, *fault.cleanup)
    return (*commands, *fault.plan, *fault.elsewhere, *fault.checks)


def test_a_fault_names_every_kind_of_node() -> None:
    """A kind of node that no fault knows of would be without faults."""
    assert {kind for kinds in SHAPES.values() for kind in kinds} == set(EVERYWHERE)


@pytest.mark.parametrize("shape", OTHERS)
def test_there_are_enough(shape: str) -> None:
    """At least sixty faults apply to each other node2, and none to node1."""
    found = faults_for(shape)

    assert (True, {NODE}) == (len(found) >= 60, {fault.node for fault in found})


def test_the_standard_shape_has_the_whole_catalogue_but_for_el() -> None:
    """Only what rpm, dnf and yum cause is left out."""
    left_out = set(catalogue()) - {fault.name for fault in faults_for()}

    assert (True, {"el"}) == (len(left_out) >= 10, {name.split("-")[0] for name in left_out})


def test_no_version_of_the_standard_stack_is_named_on_a_newer_one() -> None:
    """Such a fault would change nothing there, and count as not caught."""
    text = [line for fault in faults_for("debian-13") for line in lines(fault)]
    wheels = locked(STANDARD_STACK) - locked(NEWER)

    assert [] == [line for line in text for version in versions(STANDARD_STACK) if version in line]
    assert set() == wheels.intersection(INSTALLED.findall(" ".join(text)))


def test_the_stack_s_own_toolkit_is_not_installed_twice() -> None:
    """A control installs it as a second toolkit, and removes it afterwards."""
    text = [line for fault in faults_for("debian-13") for line in (*fault.inject, *fault.undo)]

    assert [] == [line for line in text if NEWER.toolkit.home in line]


def test_only_debian_12_has_a_second_compiler() -> None:
    """The compilers of Debian 11 and EL serve nvcc, and Debian 13 has another package."""
    assert [] == [shape for shape in OTHERS for fault in faults_for(shape) if fault.name == "cuda-compiler-removed"]
    assert "cuda-compiler-removed" in catalogue()


def test_versions_of_the_stacks_differ() -> None:
    """A version that both have would not tell the stacks apart."""
    assert set() == set(versions(STANDARD_STACK)) & set(versions(NEWER))


def test_where_the_compiler_serves_nvcc_a_lost_home_breaks_no_build() -> None:
    """The line that names another compiler is not needed there; on Debian 13 it is."""
    checks = {
        shape: fault.failing_checks for shape in OTHERS for fault in faults_for(shape) if fault.name == "cuda-home-lost"
    }

    assert ("cuda/nvcc_compiles" in checks["debian-11"], "cuda/nvcc_compiles" in checks["debian-13"]) == (False, True)
    assert ("cuda/build_finds_the_toolkit[ssh command, root]",) == checks["mixed"]
