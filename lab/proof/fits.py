"""Which breaks of the catalogue the second node of another Debian knows: those in words that hold there as well."""

import re

from lab import stacks
from lab.mutations.apply import catalogue
from lab.mutations.model import Mutation
from lab.stacks import USUAL, Stack

NODE = "node2"
# What Debian 12 has and the other has not, or has otherwise: its second compiler; homes that everybody may enter, where
# Debian 13's useradd makes them with mode 700.
_OF_DEBIAN_12 = {"debian-11": r"g\+\+-11|compiler for nvcc", "debian-13": r"g\+\+-11|huggingface/token"}
SHAPES = tuple(_OF_DEBIAN_12)


def versions(stack: Stack) -> tuple[str, ...]:
    """How a break names what the stack is made of."""
    release, deepspeed = stack.toolkit.release, stack.profile.deepspeed.version
    build = stack.profile.env.cuda_build
    return release, release.replace(".", "-"), deepspeed, f"cu{build.split('.')[0]}", f"cu{build.replace('.', '')}"


def fits(mutation: Mutation, shape: str) -> bool:
    """Whether a break is one of that shape's second node, and names nothing that is otherwise there."""
    text = " ".join((*mutation.breaks, mutation.shows, *mutation.mends, *mutation.tidies))
    text = " ".join((text, *mutation.plan, *mutation.elsewhere, *mutation.reds, *mutation.blind, *mutation.notes))
    if stacks.of(shape) != USUAL and any(word in text for word in versions(USUAL)):
        return False
    return mutation.node == NODE and re.search(_OF_DEBIAN_12[shape], text) is None


def of_the_lab(shape: str) -> list[Mutation]:
    """What `python -m lab.proof --shape SHAPE` proves."""
    return [mutation for mutation in catalogue().values() if fits(mutation, shape)]
