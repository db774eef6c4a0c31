"""The catalogue of all faults; inject one into a lab's node, and undo it."""

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
from lab.topologies import kind_of

RECORD = "injected.json"
DEADLINE = 60.0  # seconds a command of a fault gets


@cache
def catalogue() -> Mapping[str, Fault]:
    """Return every fault by its name: what the modules of this package list as FAULTS, in their order."""
    found: dict[str, Fault] = {}
    for module in iter_modules(lab.faults.__path__):
        faults: Iterable[Fault] = getattr(import_module(f"lab.faults.{module.name}"), "FAULTS", ())
        for fault in faults:
            if fault.name in found:
                raise ValueError(f"two faults are named {fault.name}")
            found[fault.name] = fault
    return MappingProxyType(found)


def injected(instance: Instance) -> list[str]:
    """Return the names of the faults that are on the instance's nodes, oldest first."""
    path = instance.state / RECORD
    return list(json.loads(path.read_text("utf-8"))) if path.exists() else []


def _record(instance: Instance, names: list[str]) -> None:
    (instance.state / RECORD).write_text(json.dumps(names) + "\n", "utf-8")


def named(name: str) -> Fault:
    """Return the fault of that name; raises LabError where there is none."""
    fault = catalogue().get(name)
    if fault is None:
        todo = "choose one of those that `trueup lab inject --list` names"
        raise LabError("inject a fault", expected="a fault of the catalogue", actual=name, remedy=todo)
    return fault


def _run(instance: Instance, fault: Fault, commands: Iterable[str]) -> None:
    node = LabNode(instance, fault.node, Podman(instance.containers_conf))
    for command in commands:
        node.execute(command, DEADLINE)


def is_there(instance: Instance, fault: Fault) -> bool:
    """Return whether the fault is still on its node: a restart of the node undoes some."""
    node = LabNode(instance, fault.node, Podman(instance.containers_conf))
    return node.podman.ok("exec", node.container, "sh", "-c", fault.verify, deadline=DEADLINE)


def inject(instance: Instance, name: str) -> Fault:
    """Inject a fault into its node and verify it.

    Raises:
        LabError: the node's distribution does not have what the fault changes, or a command failed.
    """
    fault = named(name)
    kind = kind_of(instance, fault.node)
    if kind not in fault.runs_on:
        todo = "choose another of `trueup lab inject --list`"
        raise LabError("inject a fault", node=fault.node, expected=" or ".join(fault.runs_on), actual=kind, remedy=todo)
    # Recorded first, so that a fault that was injected half-way is undone too.
    _record(instance, [*(other for other in injected(instance) if other != name), name])
    _run(instance, fault, (*fault.inject, fault.verify))
    return fault


def undo(instance: Instance) -> list[Fault]:
    """Undo, newest first, what converge does not repair; return the faults that it does, which stay.

    After that converge, a second call removes what it rightly left. Raises LabError where a command fails.
    """
    left = []
    for name in reversed(injected(instance)):
        fault = named(name)
        if not is_there(instance, fault):
            _run(instance, fault, fault.cleanup)
            continue
        if fault.converge_repairs:
            left.append(fault)
        _run(instance, fault, fault.undo)
    _record(instance, [fault.name for fault in reversed(left)])
    return left
