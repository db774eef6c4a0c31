"""Build the import graph of the project, with imports that a function or TYPE_CHECKING delays."""

import ast
from collections.abc import Iterator, Mapping

from tests.unit.laws.source import files, module, tree

PACKAGES = ("trueup", "deploy", "lab", "tools")
Graph = dict[str, set[str]]
# Public modules beside the front doors: what the files of checks import.
PUBLIC = {"trueup.accept.checks"}


def _imported(node: ast.AST) -> Iterator[tuple[str, str | None]]:
    """Yield (module, name in it) for each import that a node makes; no name for a whole module."""
    if isinstance(node, ast.Import):
        yield from ((alias.name, None) for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield from ((node.module, alias.name) for alias in node.names)
    elif isinstance(node, ast.Call) and node.args:
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        first = node.args[0]
        if called in ("import_module", "__import__") and isinstance(first, ast.Constant):
            yield str(first.value), None


def imports(source: ast.Module, known: set[str]) -> set[str]:
    """Resolve the imports of a file to modules of ours.

    The parent package of a module counts only where a name is taken from it: Python runs it first, but
    a front door that re-exports its modules would close a circle with each of them.
    """
    targets = set()
    for node in ast.walk(source):
        for name, member in _imported(node):
            if member is not None and f"{name}.{member}" in known:
                targets.add(f"{name}.{member}")
            elif name in known:
                targets.add(name)
    return targets


def graph() -> Graph:
    """Map each module of ours to the modules of ours that it imports."""
    paths = {module(path): path for path in files(*PACKAGES)}
    return {name: imports(tree(path), set(paths)) - {name} for name, path in paths.items()}


def circles(edges: Mapping[str, set[str]]) -> list[list[str]]:
    """Find the strongly connected components of more than one module (Tarjan)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    components: list[list[str]] = []

    def visit(name: str) -> None:
        index[name] = low[name] = len(index)
        stack.append(name)
        for target in sorted(edges.get(name, ())):
            if target not in index:
                visit(target)
                low[name] = min(low[name], low[target])
            elif target in stack:
                low[name] = min(low[name], index[target])
        if low[name] == index[name]:
            at = stack.index(name)
            components.append(sorted(stack[at:]))
            del stack[at:]

    for name in sorted(edges):
        if name not in index:
            visit(name)
    return sorted(component for component in components if len(component) > 1)


def _door(name: str, packages: set[str]) -> str | None:
    """Name the package of trueup whose front door stands before a module; None for the door itself."""
    parts = name.split(".")
    owner = ".".join(parts[:2])
    return owner if parts[0] == "trueup" and len(parts) > 2 and owner in packages else None


def _offered(name: str) -> set[str]:
    """Read the modules that a package's `__all__` offers as part of its front door."""
    path = next(path for path in files("trueup") if module(path) == name)
    for node in tree(path).body:
        if isinstance(node, ast.Assign) and any(getattr(target, "id", "") == "__all__" for target in node.targets):
            return set(ast.literal_eval(node.value))
    return set()


def behind() -> dict[str, int]:
    """Count, for each package of ours, the imports that pass by another package's front door."""
    paths = {module(path): path for path in files(*PACKAGES, "bench", "tests/node", "tests/fleet")}
    packages = {name for name, path in paths.items() if path.stem == "__init__"}
    offered = {name: _offered(name) for name in packages if name.count(".") == 1 and name.startswith("trueup.")}
    counted: dict[str, int] = {}
    for name, path in paths.items():
        for target in imports(tree(path), set(paths)):
            door = _door(target, packages)
            inside = door is None or name == door or name.startswith(f"{door}.")
            if door is None or inside or target in PUBLIC or target.split(".")[2] in offered[door]:
                continue
            key = f"{'.'.join(name.split('.')[:2])} -> {door}"
            counted[key] = counted.get(key, 0) + 1
    return dict(sorted(counted.items()))
