"""Which breaks of the catalogue the second node of another Debian knows: those in words that hold there as well."""

import re

from lab import stacks
from lab.faults.catalogue import catalogue
from lab.faults.cuda import TOLD
from lab.faults.fault import Fault
from lab.stacks import USUAL, LabStack
from trueup.lockfile.lockfile import read_lock

NODE = "node2"
# What Debian 12 has and the other has not, or has otherwise: its second compiler; homes that everybody may enter, where
# Debian 13's useradd makes them with mode 700.
_OF_DEBIAN_12 = {"debian-11": r"g\+\+-11|compiler for nvcc", "debian-13": r"g\+\+-11|huggingface/token"}
SHAPES = tuple(_OF_DEBIAN_12)
# Their own compiler is one that nvcc takes.
_OWN_COMPILER = ("debian-11",)
_INSTALLED = re.compile(r"(\w+-\d[\w.]*)\.dist-info")


def versions(stack: LabStack) -> tuple[str, ...]:
    """How a break names what the stack is made of, the folders of its wheels' metadata aside."""
    release, deepspeed = stack.toolkit.release, stack.profile.deepspeed.version
    build = stack.profile.env.cuda_build
    names = (f"cu{build.split('.')[0]}", f"cu{build.replace('.', '')}")
    return release, release.replace(".", "-"), stack.toolkit.cudart, deepspeed, *names


def locked(stack: LabStack) -> set[str]:
    """The wheels of the stack's environment, as the folders of their metadata are named."""
    return {"-".join(wheel.name.split("-")[:2]) for wheel in read_lock(stack.lock).env_wheels()}


def fits(mutation: Fault, shape: str) -> bool:
    """Whether a break is one of that shape's second node, and names nothing that is otherwise there."""
    text = " ".join((*mutation.breaks, mutation.shows, *mutation.mends, *mutation.tidies))
    text = " ".join((text, *mutation.plan, *mutation.elsewhere, *mutation.reds, *mutation.blind, *mutation.notes))
    stack = stacks.of(shape)
    # A toolkit that lies beside the usual one is the other stack's own.
    if stack != USUAL and any(word in text for word in (*versions(USUAL), stack.toolkit.home)):
        return False
    if (locked(USUAL) - locked(stack)).intersection(_INSTALLED.findall(text)):
        return False
    return mutation.node == NODE and re.search(_OF_DEBIAN_12[shape], text) is None


def of_the_lab(shape: str) -> list[Fault]:
    """What `python -m lab.fault_coverage --shape SHAPE` proves."""
    found = [mutation for mutation in catalogue().values() if fits(mutation, shape)]
    return [mutation.without(TOLD) for mutation in found] if shape in _OWN_COMPILER else found
