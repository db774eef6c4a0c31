"""The catalogue of all mutations, and how one is put on a lab's node and taken away."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

import lab.faults
from lab.errors import LabError
from lab.faults.fault import Fault
from lab.instance import Instance
from lab.node import LabNode
from lab.podman import Podman

RECORD = "broken.json"
DEADLINE = 60.0  # seconds a command of a mutation gets


@cache
def catalogue() -> Mapping[str, Fault]:
    """Every mutation by its name: what the modules of this package list as MUTATIONS, in their order."""
    found: dict[str, Fault] = {}
    for module in iter_modules(lab.faults.__path__):
        mutations: Iterable[Fault] = getattr(import_module(f"lab.faults.{module.name}"), "MUTATIONS", ())
        for mutation in mutations:
            if mutation.name in found:
                raise ValueError(f"two mutations are named {mutation.name}")
            found[mutation.name] = mutation
    return MappingProxyType(found)


def broken(instance: Instance) -> list[str]:
    """The names of the mutations that are on the instance's nodes, oldest first."""
    path = instance.state / RECORD
    return list(json.loads(path.read_text("utf-8"))) if path.exists() else []


def _record(instance: Instance, names: list[str]) -> None:
    (instance.state / RECORD).write_text(json.dumps(names) + "\n", "utf-8")


def named(name: str) -> Fault:
    """The mutation of that name, also of a node of EL shape; LabError where there is none."""
    known = {**catalogue(), **{each.name: each for each in import_module("lab.faults.el").YUM}}
    if name not in known:
        todo = "choose one of those that `trueup lab break --list` names"
        raise LabError("break a node", expected="a mutation of the catalogue", actual=name, remedy=todo)
    found: Fault = known[name]
    return found


def _run(instance: Instance, mutation: Fault, commands: Iterable[str]) -> None:
    node = LabNode(instance, mutation.node, Podman(instance.containers_conf))
    for command in commands:
        node.execute(command, DEADLINE)


def is_there(instance: Instance, mutation: Fault) -> bool:
    """Whether it still shows: a restart of the node takes some back by itself."""
    node = LabNode(instance, mutation.node, Podman(instance.containers_conf))
    return node.podman.ok("exec", node.container, "sh", "-c", mutation.shows, deadline=DEADLINE)


def break_(instance: Instance, name: str) -> Fault:
    """Put a mutation on its node and see that it is there; LabError where a command fails."""
    mutation = named(name)
    # Recorded first: a break that stopped half-way must be mended too.
    _record(instance, [*(other for other in broken(instance) if other != name), name])
    _run(instance, mutation, (*mutation.breaks, mutation.shows))
    return mutation


def mend(instance: Instance) -> list[Fault]:
    """Take back, newest first, what converge does not heal; those that it heals are in the answer, and left.

    After that converge, a second mend tidies up what it rightly left. LabError where a command fails.
    """
    left = []
    for name in reversed(broken(instance)):
        mutation = named(name)
        if not is_there(instance, mutation):
            _run(instance, mutation, mutation.tidies)
            continue
        if mutation.heals:
            left.append(mutation)
        _run(instance, mutation, mutation.mends)
    _record(instance, [mutation.name for mutation in reversed(left)])
    return left
