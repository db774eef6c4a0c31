"""Laws of import and of checks that import-linter cannot hold, read from the syntax trees."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import deploy
from trueup.declaration import COMPONENTS

ROOT = Path(__file__).parents[2]
CODE = ("trueup", "deploy", "lab", "tests", "bench", "tools", "inventory.py", "profiles.py", "config.py", "conftest.py")
ACCEPTANCE = ("tests/node", "tests/fleet")
ALLOWED = {
    "trueup.compat",
    "trueup.declaration",
    "trueup.lockfile",
    "trueup.outcome",
    "trueup.platforms",
    "trueup.remote_shell",
    "trueup.gpu",
    "trueup.collective",
    "trueup.accept.checks",
    "trueup.env",
}
# Packages whose __init__.py names everything that others may import.
FRONT_DOORS = ("compat", "declaration", "lockfile", "mirror", "plan", "platforms")
LIBRARIES = {"testinfra", "pytest", "packaging"}


def files(*places: str) -> list[Path]:
    """List every Python file of these places, by path."""
    found = [ROOT / place for place in places]
    return sorted(path for place in found for path in (place.rglob("*.py") if place.is_dir() else [place]))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imports(path: Path) -> set[str]:
    """Collect the full names that a file imports; `from a import b` counts as a.b, because b may be a module."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{name.name}" for name in node.names}
    return found


def is_of(name: str, packages: set[str]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def foreign(paths: list[Path], allowed: set[str]) -> dict[str, list[str]]:
    """Map each file to its imports outside the allowed packages and the standard library."""
    free = allowed | set(sys.stdlib_module_names)
    found = {str(path.relative_to(ROOT)): sorted(n for n in imports(path) if not is_of(n, free)) for path in paths}
    return {path: names for path, names in found.items() if names}


def importers(name: str, *, outside: tuple[str, ...]) -> list[str]:
    """List the files that import a package, except those below the named places."""
    found = [str(path.relative_to(ROOT)) for path in files(*CODE) if any(is_of(n, {name}) for n in imports(path))]
    return [path for path in found if not path.startswith(outside)]


def exported(package: str) -> set[str]:
    """Collect the full names in a package's __all__; one of them may be a module."""
    for node in tree(ROOT / "trueup" / package / "__init__.py").body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "__all__":
            return {f"trueup.{package}.{name}" for name in ast.literal_eval(node.value)}
    return set()


def checks(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node


def test_inventory_imports_nothing() -> None:
    """The inventory is data, so that every tool can read it."""
    assert set() == imports(ROOT / "inventory.py")


def test_profiles_import_the_declaration_only() -> None:
    """A profile is values only."""
    assert [] == [name for name in imports(ROOT / "profiles.py") if not is_of(name, {"trueup.declaration"})]


def test_the_declaration_imports_pydantic_only() -> None:
    """Reading a declaration needs nothing else."""
    assert {} == foreign(files("trueup/declaration"), {"pydantic", "trueup.declaration"})


def test_checks_never_import_deploy() -> None:
    """A fault of deploy code must not hide in the check that looks for it."""
    assert {} == foreign(files(*ACCEPTANCE), ALLOWED | LIBRARIES)


@pytest.mark.parametrize(
    ("package", "where"),
    [
        ("deploy", ("deploy/", "tests/unit/", "tests/integration/injection/")),
        (
            "pyinfra",
            (
                "deploy/",
                "trueup/remote_shell/pyinfra_connector.py",
                "tests/unit/",
                "tests/integration/injection/",
                "tests/deploy/fake_connector.py",
            ),
        ),
        ("trueup.remote_shell.pyinfra_connector", ("tests/unit/",)),
        ("lab", ("lab/", "tools/", "tests/e2e/", "tests/integration/drift/", "tests/unit/lab/", "tests/unit/tools/")),
        ("bench", ("bench/", "tests/unit/bench/")),
        ("conftest", ()),
        ("inventory", ()),
    ],
)
def test_only_these_places_import(package: str, where: tuple[str, ...]) -> None:
    """pyinfra's command patches the process that imports it; lab and bench are not part of the product."""
    assert [] == importers(package, outside=where)


@pytest.mark.parametrize("package", FRONT_DOORS)
def test_no_package_imports_behind_a_front_door(package: str) -> None:
    """What __init__.py does not name may change with its package alone."""
    name = f"trueup.{package}"
    modules = {path.stem if path.is_file() else path.name for path in (ROOT / "trueup" / package).iterdir()}
    behind = {f"{name}.{module}" for module in modules - {"__init__", "__pycache__"}}
    callers = files("trueup", "deploy", "lab", "bench", "tools", "profiles.py", *ACCEPTANCE)
    found = {
        str(path.relative_to(ROOT)): sorted(n for n in imports(path) if is_of(n, behind - exported(package)))
        for path in callers
        if not path.is_relative_to(ROOT / "trueup" / package)
    }

    assert {} == {path: names for path, names in found.items() if names}


def test_deploy_is_ours() -> None:
    """The project's folder comes last on pyinfra's sys.path: an installed package named deploy would win."""
    assert str(ROOT / "deploy/__init__.py") == deploy.__file__


@pytest.mark.parametrize("component", COMPONENTS)
def test_only_site_imports_a_component(component: str) -> None:
    """Components share operations, never each other."""
    inside = {f"deploy.{component}", f"deploy.{component}.apply"}

    assert ["deploy/site.py"] == [
        str(path.relative_to(ROOT)) for path in files("deploy") if any(is_of(name, inside) for name in imports(path))
    ]


def test_components_have_the_same_names_on_both_sides() -> None:
    """Each module of checks belongs to a component that deploy converges."""
    components = {path.stem for path in (ROOT / "deploy").glob("*.py")}
    checked = {path.stem.removeprefix("test_") for path in files(*ACCEPTANCE) if path.stem.startswith("test_")}

    assert {"allreduce", "training"} >= checked - components


def test_every_check_says_why() -> None:
    """The docstring is shown to operators, and stored with each result."""
    silent = [
        f"{path.name}::{check.name}"
        for path in files(*ACCEPTANCE)
        for check in checks(path)
        if not ast.get_docstring(check)
    ]

    assert silent == []


def test_no_check_skips() -> None:
    """Whether a check applies follows from the declaration, by `applies`."""
    forbidden = {"skip", "skipif", "xfail", "importorskip"}
    found = [
        f"{path.name}:{node.lineno}: {node.attr}"
        for path in files(*ACCEPTANCE)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in forbidden
    ]

    assert [] == found


def test_no_check_of_a_node_is_parametrized_by_pytest() -> None:
    """pytest joins ids with dashes, which names of nodes contain; `each` joins with a comma."""
    found = [
        f"{path.name}:{node.lineno}"
        for path in files("tests/node")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr == "parametrize"
    ]

    assert [] == found
