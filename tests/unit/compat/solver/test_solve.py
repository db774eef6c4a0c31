"""The newest stack for a fleet, and what conflicts when there is none."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from trueup.compat.engine import check_fleet, check_node, evaluate
from trueup.compat.rules.rule import FLEET_RULES, NODE_RULES, Rule
from trueup.compat.solver import Conflict, Solution, parse_constraint, solve
from trueup.compat.solver.search import Search
from trueup.compat.solver.search_space import DIMENSIONS, Space, everything
from trueup.compat.stack import NodeFacts, Stack, StackOnNode
from trueup.compat.versions import version_key
from trueup.declaration import Refusal

Make = Callable[..., NodeFacts]
TODAY = date(2026, 11, 23)
A, V, V7 = "a100 ubuntu-22.04", "v100s rocky-9", "v100s centos-7"
# The newest torch and build that the tables allow: pytorch's arch lists, wheel tags and release metadata.
FLEETS = {
    (A, V): ("2.14.1", "12.6"),
    (A, V, V7): ("2.6.0", "12.4"),
    (A,): ("2.15.0", "13.2"),
}


def solved(nodes: list[NodeFacts], base: Stack, *wishes: tuple[str, str], keep: bool = False) -> Solution | Conflict:
    return solve(nodes, [parse_constraint(*wish) for wish in wishes], keep, base, TODAY)


@pytest.mark.parametrize(("names", "expected"), FLEETS.items(), ids=str)
def test_the_newest_stack_is_chosen_and_fits(
    node: Make, fits: Stack, names: tuple[str, ...], expected: tuple[str, str]
) -> None:
    """The rules accept it on every node."""
    nodes = [node(name) for name in names]
    found = solved(nodes, fits)

    assert isinstance(found, Solution)
    assert expected == (found.stack.torch, found.stack.build)
    assert not evaluate([StackOnNode(each, found.stack, TODAY) for each in nodes]).refused


@pytest.mark.slow
@pytest.mark.parametrize("names", FLEETS, ids=str)
def test_brute_force_finds_no_newer_stack(node: Make, fits: Stack, names: tuple[str, ...]) -> None:
    """Every combination with a newer torch is refused, even with NumPy and setuptools left free.

    DeepSpeed is the newest: its table of CUDA minors only grew. A rule's answer is remembered by what it
    reads, which test_rule_reads.py holds it to.
    """
    nodes = [node(name) for name in names]
    values = everything()
    base = replace(fits, numpy=None, setuptools=None, torchvision=None, torchaudio=None)
    known: dict[tuple[object, ...], bool] = {}

    def refuses(rule: Rule, number: int, stack: Stack) -> bool:
        memo = (rule.id, number, *(getattr(stack, name) for name in rule.reads))
        if memo not in known:
            found = check_node(rule, StackOnNode(nodes[number], stack, TODAY))
            known[memo] = any(finding.level != "warning" for finding in found)
        return known[memo]

    for torch in (torch for torch in values["torch"] if version_key(torch) > version_key(FLEETS[names][0])):
        fixed = replace(base, torch=torch, deepspeed=values["deepspeed"][0])
        rest = product(*(values[name] for name in ("build", "toolkit", "branch", "modules", "python")))
        for build, toolkit, branch, modules, python in rest:
            stack = replace(fixed, build=build, toolkit=toolkit, branch=branch, modules=modules, python=python)
            assert any(refuses(rule, i, stack) for rule in reversed(NODE_RULES) for i in range(len(nodes))), stack


SMALL = {
    "torch": ("2.15.0", "2.10.0", "2.6.0", "2.0.1"),
    "deepspeed": ("0.19.8", "0.14.2"),
    "build": ("13.2", "12.8", "12.4", "11.7"),
    "toolkit": ("13.2", "12.8", "11.8"),
    "branch": ("595", "580", "470"),
    "modules": ("open", "proprietary"),
    "python": ("3.12", "3.10"),
    "numpy": ("2.2.6", "1.26.4"),
    "setuptools": ("84.2.1", "69.5.1"),
}


@pytest.mark.slow
@pytest.mark.parametrize("names", [(A, V), (A, V7), (A,), ("b200 ubuntu-24.04",), ("t4 debian-12", "l40s rocky-9")])
def test_the_search_agrees_with_brute_force(node: Make, fits: Stack, names: tuple[str, ...]) -> None:
    """Over a small space all stacks are judged whole; the best of them is what the search gives."""
    nodes = [node(name) for name in names]
    space = Space(SMALL, fits)
    best: tuple[int, ...] | None = None
    for indexes in product(*(range(len(SMALL[name])) for name in DIMENSIONS)):
        chosen = {name: SMALL[name][i] for name, i in zip(DIMENSIONS, indexes, strict=True)}
        if best is not None and indexes[:2] > best[:2]:
            break
        stack = space.stack(chosen)
        warned = 0
        for rule in reversed(NODE_RULES):
            levels = [finding.level for each in nodes for finding in check_node(rule, StackOnNode(each, stack, TODAY))]
            if set(levels) - {"warning"}:
                break
            warned += len(levels)
        else:
            for rule in FLEET_RULES:
                warned += len(check_fleet(rule, [StackOnNode(each, stack, TODAY) for each in nodes]))
            rank = (*indexes[:2], warned, *indexes[2:])
            best = rank if best is None or rank < best else best

    found = Search(nodes, TODAY).best(space)
    expected = None
    if best is not None:
        order = (*best[:2], *best[3:])
        expected = {name: SMALL[name][i] for name, i in zip(DIMENSIONS, order, strict=True)}
    assert expected == found


def test_the_reasons_name_the_next_newer_release(node: Make, fits: Stack) -> None:
    """Each build of the next release says what refuses it."""
    found = solved([node(A), node(V)], fits)

    assert isinstance(found, Solution)
    assert "2.15.0" == found.newer
    assert {"2.15.0 for CUDA 13.0", "2.15.0 for CUDA 13.2"} == {line.split(":")[0] for line in found.obstacles}


@pytest.mark.parametrize(
    ("names", "wishes", "expected"),
    [
        ((A, V), [("torch", ">=2.15")], {"--torch '>=2.15'", f"{V} (v100s-pcie-32gb on rocky-9)"}),
        ((A, V), [("torch", ">=2.15"), ("python", "3.10")], {"--torch '>=2.15'", "--python '3.10'"}),
        ((A, V), [("torch", ">=2.16")], {"--torch '>=2.16'"}),
        ((A, V7), [("torch", ">=2.7"), ("python", "3.11")], {"--torch '>=2.7'", f"{V7} (v100s-pcie-32gb on centos-7)"}),
        ((V, "b200 rocky-9"), [("torch", ">=2.11")], {"--torch '>=2.11'", V, "b200"}),
    ],
)
def test_the_smallest_conflict_is_named(
    node: Make, fits: Stack, names: tuple[str, ...], wishes: list[tuple[str, str]], expected: set[str]
) -> None:
    """No smaller set of wishes and nodes conflicts, so every part of it is needed."""
    found = solved([node(name) for name in names], fits, *wishes)

    assert isinstance(found, Conflict)
    assert len(expected) == len(found.parts)
    assert all(any(part.startswith(start) for part in found.parts) for start in expected)
    assert found.reasons


def test_no_smaller_set_conflicts(node: Make, fits: Stack) -> None:
    """Of nine things asked for, two conflict; leaving out either one gives a stack."""
    nodes = [node(name) for name in (A, V, "t4 rocky-9", "l40s rocky-9", "a100 debian-12")]
    wishes = [("python", ">=3.10"), ("deepspeed", ">=0.16"), ("torch", ">=2.8"), ("build", ">=13.0")]
    found = solved(nodes, fits, *wishes)

    assert isinstance(found, Conflict)
    assert ("--build '>=13.0'", f"{V} (v100s-pcie-32gb on rocky-9)") == found.parts
    assert isinstance(solved(nodes, fits, *wishes[:3]), Solution)
    assert isinstance(solved([each for each in nodes if each.name != V], fits, *wishes), Solution)


def test_a_driver_that_stays_bounds_the_stack(node: Make, fits: Stack) -> None:
    """R535 drives CUDA 12 and no 13, so the A100's newest torch comes in an older build."""
    found = solved([node(A, driver="535.104.05")], fits, keep=True)

    assert isinstance(found, Solution)
    assert ("12.6", "2.14.1") == (found.stack.build, found.stack.torch)


@pytest.mark.parametrize(
    ("nodes", "keep", "said"),
    [
        ([], False, "cannot judge an empty fleet"),
        (["rtx-9090 rocky-9"], False, "gpus.json"),
        (["a100 gentoo-2"], False, "distros.json"),
        (["a100 rocky-9"], True, "no driver is declared or was probed"),
    ],
)
def test_a_fleet_that_cannot_be_judged_is_refused(
    node: Make, fits: Stack, nodes: list[str], keep: bool, said: str
) -> None:
    """It names what is missing."""
    with pytest.raises(Refusal, match=said):
        solved([node(name) for name in nodes], fits, keep=keep)


def test_a_thousand_nodes_of_five_kinds_take_less_than_a_second(node: Make, fits: Stack) -> None:
    """Nodes that differ in nothing are judged once."""
    kinds = [node(name) for name in (A, "a100 rocky-9", V, "t4 debian-12", "l40s ubuntu-24.04")]
    nodes = [replace(kinds[i % 5], name=f"n{i}") for i in range(1000)]
    begin = time.process_time()
    found = solved(nodes, fits)
    took = time.process_time() - begin

    assert isinstance(found, Solution)
    assert (5, "2.14.1") == (len(found.kinds), found.stack.torch)
    assert took <= 1.0
