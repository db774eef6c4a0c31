"""Which stack a lab's nodes run, and that each of its nodes can."""

import pytest

from lab import stacks, topologies
from lab.paths import REPOSITORY
from trueup.declaration import load_profile
from trueup.lockfile import read_lock, sdist_name
from trueup.platforms import NoCompiler, distro_named, host_compiler


@pytest.mark.parametrize("shape", ["debian", "mixed", "debian-11", "rocky-9"])
def test_standard_stack_is_every_other_shape_s(shape: str) -> None:
    """What a default lab needs not, it must not fetch."""
    assert "lab" == stacks.of(shape).name


@pytest.mark.parametrize("shape", ["debian", "debian-11", "debian-13"])
def test_every_node_of_a_shape_has_a_compiler_for_its_nvcc(shape: str) -> None:
    """Debian 13 has none for CUDA 11."""
    kinds = topologies.SHAPES[shape]
    found = [host_compiler(distro_named(kind), stacks.of(shape).toolkit.release) for kind in kinds]

    assert len(kinds) == len(found)


def test_standard_stack_has_no_compiler_on_debian_13() -> None:
    """Why there is a second one."""
    with pytest.raises(NoCompiler):
        host_compiler(distro_named("debian-13"), stacks.STANDARD_STACK.toolkit.release)


@pytest.mark.parametrize("stack", [stacks.STANDARD_STACK, stacks.NEWER], ids=lambda stack: stack.name)
def test_inventory_finds_the_profile_by_its_name(stack: stacks.LabStack) -> None:
    """lab/inventory.py names it in words."""
    assert stack.profile == load_profile(stack.name, REPOSITORY / "lab/profiles.py")


@pytest.mark.parametrize("stack", [stacks.STANDARD_STACK, stacks.NEWER], ids=lambda stack: stack.name)
def test_lock_has_what_the_profile_pins(stack: stacks.LabStack) -> None:
    """A pin that was changed without `trueup mirror lock` is another stack than the one that is served."""
    locked = {artifact.project: artifact.version for artifact in read_lock(stack.lock).env_wheels()}
    names = {artifact.name for artifact in read_lock(stack.lock).artifacts}

    assert set(stack.profile.env.wheels.items()) <= set(locked.items())
    assert sdist_name(stack.profile.deepspeed) in names


@pytest.mark.parametrize("stack", [stacks.STANDARD_STACK, stacks.NEWER], ids=lambda stack: stack.name)
def test_toolkit_is_the_declared_one(stack: stacks.LabStack) -> None:
    """What the lab makes is what its profile asks for."""
    assert stack.profile.cuda.toolkit == stack.toolkit.release


def test_stacks_share_no_folder() -> None:
    """Their packages of NVIDIA's lie under one name."""
    assert 2 == len({stacks.STANDARD_STACK.mirror, stacks.NEWER.mirror})
