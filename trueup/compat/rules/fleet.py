"""What must hold between the nodes that train together."""

from collections.abc import Callable, Iterator, Sequence

from trueup.compat.rules.rule import Breach, fleet_rule
from trueup.compat.stack import StackOnNode
from trueup.compat.tables import lookup, schema
from trueup.compat.versions import version_key

Group = Sequence[StackOnNode]


def _by(nodes: Group, what: Callable[[StackOnNode], str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for at in nodes:
        found.setdefault(what(at), []).append(at.node.name)
    return found


def _shown(found: dict[str, list[str]]) -> str:
    return "; ".join(f"{value} on {_some(names)}" for value, names in found.items())


def _some(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= 4 else f"{', '.join(names[:3])} and {len(names) - 3} more"


@fleet_rule("fleet-not-empty", source="a fleet without nodes proves nothing", level="cannot judge")
def fleet_not_empty(nodes: Group) -> Iterator[Breach]:
    """The fleet has at least one node that is not out."""
    if not nodes:
        yield Breach("a node", "none, or all are out", "declare a node in the inventory")


@fleet_rule(
    "one-torch",
    "torch",
    "build",
    "backend",
    source="NCCL src/init.cc, pytorch RELEASE.md: builds of one release carry different NCCL",
)
def one_torch(nodes: Group) -> Iterator[Breach]:
    """Every node has the same torch release in the same CUDA build."""
    found = _by(nodes, lambda at: f"{at.stack.torch}+cu{at.stack.build.replace('.', '')}")
    if len(found) > 1:
        gloo = all(at.stack.backend == "gloo" for at in nodes)
        yield Breach(
            "one torch release in one CUDA build",
            _shown(found),
            "give every node the same profile",
            level="warning" if gloo else None,
        )


@fleet_rule("one-nccl", "torch", "build", "backend", source="NCCL src/init.cc")
def one_nccl(nodes: Group) -> Iterator[Breach]:
    """Every node has the same NCCL: it refuses peers of another version."""
    using = [at for at in nodes if at.stack.backend == "nccl"]
    found = _by(using, lambda at: lookup.build(at.stack.torch, at.stack.build).nccl)
    if len(found) > 1:
        sure = all(lookup.build(a.stack.torch, a.stack.build).nccl_status != "memory" for a in using)
        yield Breach(
            "one NCCL on all nodes",
            f"NCCL {_shown(found)}",
            "take the same torch in the same CUDA build on every node",
            status=None if sure else "memory",
        )


def _hangs(nodes: Group, mixed: str, kinds: dict[str, list[str]]) -> Iterator[Breach]:
    if len(kinds) < 2:
        return
    using = [at for at in nodes if at.stack.backend == "nccl"]
    for nccl in _by(using, lambda at: lookup.build(at.stack.torch, at.stack.build).nccl):
        settings = {f"{name}={value}" for at in using for name, value in at.stack.nccl}
        known = [
            row
            for row in lookup.every("nccl", schema.Hang)
            if row.mixed == mixed and version_key(nccl) < version_key(row.fixed) and row.workaround not in settings
        ]
        if known:
            worst = max(known, key=lambda row: version_key(row.fixed))
            more = f", or set {worst.workaround} in nccl.settings" if worst.workaround else ""
            yield Breach(
                f"NCCL {worst.fixed} or newer in a fleet of mixed {mixed} ({worst.what})",
                f"NCCL {nccl}; {_shown(kinds)}",
                f"take torch 2.7 or newer (NCCL 2.26.2){more}; until then watch the all-reduce for hangs",
            )


@fleet_rule(
    "nccl-architectures",
    "torch",
    "build",
    "backend",
    "nccl",
    source="NCCL release notes, NVIDIA/nccl #794",
    level="warning",
)
def nccl_architectures(nodes: Group) -> Iterator[Breach]:
    """NCCL is free of known hangs when GPU architectures are mixed."""
    kinds = _by(nodes, lambda at: lookup.architecture(lookup.gpu(at.node.gpu).capability).architecture)
    yield from _hangs(nodes, "architectures", kinds)


@fleet_rule(
    "nccl-cpus",
    "torch",
    "build",
    "backend",
    "nccl",
    source="NCCL release notes, NVIDIA/nccl #1136",
    level="warning",
)
def nccl_cpus(nodes: Group) -> Iterator[Breach]:
    """NCCL is free of known hangs when CPU vendors are mixed."""
    kinds = _by([at for at in nodes if at.node.cpu], lambda at: at.node.cpu or "")
    yield from _hangs(nodes, "cpus", kinds)
