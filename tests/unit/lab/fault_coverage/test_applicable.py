"""The breaks that a second node of another Debian is proven with."""

import pytest

from lab.fault_coverage.applicable import NODE, SHAPES, of_the_lab, versions
from lab.faults.catalogue import catalogue
from lab.stacks import NEWER, USUAL


@pytest.mark.parametrize("shape", SHAPES)
def test_there_are_enough(shape: str) -> None:
    """A proof of a handful would say little."""
    found = of_the_lab(shape)

    assert (True, {NODE}) == (len(found) >= 60, {each.node for each in found})


def test_no_version_of_the_usual_stack_is_named_beside_a_newer_one() -> None:
    """Such a break would change nothing there, and count as unseen."""
    lines = [line for each in of_the_lab("debian-13") for line in (*each.breaks, *each.plan, *each.reds)]

    assert [] == [line for line in lines for version in versions(USUAL) if version in line]


def test_no_wheel_is_named_that_the_stack_has_not() -> None:
    """A break that moves the folder of another version's wheel ends in an error."""
    assert ["debian-11"] == [s for s in SHAPES for each in of_the_lab(s) if each.name == "env-wheel-does-not-fit"]


def test_the_stack_s_own_toolkit_is_no_other_one() -> None:
    """A control lays it beside the usual one, and takes it away afterwards."""
    lines = [line for each in of_the_lab("debian-13") for line in (*each.breaks, *each.mends)]

    assert [] == [line for line in lines if NEWER.toolkit.home in line]


def test_a_compiler_beside_is_debian_12_s_own() -> None:
    """Debian 11's own serves, and Debian 13 has another."""
    assert [] == [each for shape in SHAPES for each in of_the_lab(shape) if each.name == "cuda-compiler-removed"]
    assert "cuda-compiler-removed" in catalogue()


def test_versions_of_the_stacks_differ() -> None:
    """Or a word would tell nothing."""
    assert set() == set(versions(USUAL)) & set(versions(NEWER))


def test_where_the_compiler_serves_nvcc_is_told_of_none() -> None:
    """A build goes on there when the line that names another compiler is lost; on Debian 13 it does not."""
    reds = {shape: each.reds for shape in SHAPES for each in of_the_lab(shape) if each.name == "cuda-home-lost"}

    assert ("cuda/nvcc_compiles" in reds["debian-11"], "cuda/nvcc_compiles" in reds["debian-13"]) == (False, True)
