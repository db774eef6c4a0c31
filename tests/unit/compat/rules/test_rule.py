"""The search chooses one value after the other, so a rule must read nothing that it does not declare."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any, cast

import pytest

from trueup.compat.rules import FLEET_RULES, NODE_RULES, Rule
from trueup.compat.stack import MissingFact, NodeFacts, Stack, StackOnNode
from trueup.compat.tables.lookup import MissingRow

VARIED: dict[str, list[Any]] = {
    "torch": ["1.13.1", "2.0.1", "2.10.0", "2.15.0"],
    "build": ["11.7", "12.6", "13.0"],
    "toolkit": ["10.2", "11.7", "12.8", "13.0"],
    "branch": ["470", "580", "595"],
    "modules": ["open", "proprietary"],
    "numpy": [None, "1.26.4", "2.2.6"],
    "setuptools": [None, "69.5.1", "84.2.1"],
    "deepspeed": ["0.9.0", "0.14.0", "0.19.8"],
    "ops": [(), ("async_io", "ragged_ops", "sparse_attn")],
    "backend": ["nccl", "gloo"],
}


class Recorder:
    """A stack that remembers which of its fields were read."""

    def __init__(self, stack: Stack, read: set[str]) -> None:
        self._stack = stack
        self._read = read

    def __getattr__(self, name: str) -> Any:
        self._read.add(name)
        return getattr(self._stack, name)


def variants(fits: Stack) -> list[Stack]:
    """The stack with one or two fields changed."""
    single = [replace(fits, **{name: value}) for name, values in VARIED.items() for value in values]
    return single + [replace(stack, torch="2.0.1", build="11.7", modules="open") for stack in single]


@pytest.mark.parametrize("rule", [*NODE_RULES, *FLEET_RULES], ids=lambda rule: rule.id)
def test_a_rule_reads_only_what_it_declares(rule: Rule, node: Callable[..., NodeFacts], fits: Stack) -> None:
    """Declared and read are the same set, over stacks that fit and stacks that do not."""
    read: set[str] = set()
    nodes = [node("a100 rocky-9", cpu="intel"), node("v100s centos-7", cpu="amd"), node("b200 ubuntu-24.04")]
    for stack in variants(fits):
        # The last node has another torch, so that rules between nodes have something to compare.
        stacks = [stack, stack, replace(stack, torch="2.9.1")]
        placed = [
            StackOnNode(each, cast("Stack", Recorder(own, read))) for each, own in zip(nodes, stacks, strict=True)
        ]
        try:
            if rule.fleet is not None:
                list(rule.fleet(placed))
            else:
                for at in placed:
                    list(rule.node(at) if rule.node else ())
        except (MissingRow, MissingFact):
            continue

    assert rule.reads == read
    assert rule.reads <= {field.name for field in fields(Stack)}
