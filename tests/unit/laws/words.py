"""Find public names that use a word which the glossary replaced."""

import ast
import configparser
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.unit.laws.source import ROOT, files, module, package, tree

PLACES = ("trueup", "deploy", "lab", "bench", "tools", "tests", "conftest.py", "config.py", "profiles.py")
# A change of a byte below these is another recipe, by its hash, and the lab would build all that it keeps again.
_RECIPES = tuple(ROOT / "lab" / name for name in ("apt_repo", "conda", "deepspeed", "el_node", "gpu"))
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_DECLARES_OPTION = {"option", "argument", "addoption", "add_argument"}
_DECLARES_COLUMN = {"Column", "mapped_column"}


class Name(NamedTuple):
    """A name that others read: what it names, and where it stands."""

    path: Path
    line: int
    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line}: {self.kind} {self.text}"


def words(name: str) -> set[str]:
    """Split a name in snake, camel or kebab case into its words."""
    return {word.lower() for word in _WORD.findall(name)}


# The glossary (docs/architecture.md) has one word for each of these things, and it is none of these.
BANNED = frozenset(
    words(
        """
        ahead alone asked asking beside cut cuts early episode episodes found harm harms look looked looking
        looks mend mended mending mends mutation mutations nobody proof proofs room rooms seen somebody span
        spans tell teller telling tells todo told usual want wanted wants whoever
        """
    )
)


def _parameters(path: Path, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Name]:
    given = node.args
    for argument in (*given.posonlyargs, *given.args, *given.kwonlyargs):
        yield Name(path, argument.lineno, "parameter", argument.arg)


def _calls(path: Path, node: ast.Call) -> Iterator[Name]:
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    kind = "option" if called in _DECLARES_OPTION else "column" if called in _DECLARES_COLUMN else None
    if kind:
        for argument in node.args:
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield Name(path, argument.lineno, kind, argument.value)


def _body(path: Path, body: list[ast.stmt], kind: str) -> Iterator[Name]:
    for node in body:
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AnnAssign):
            targets = [node.target]
        for target in targets:
            if isinstance(target, ast.Name):
                yield Name(path, target.lineno, kind, target.id)


def _of_node(path: Path, node: ast.AST) -> Iterator[Name]:
    if isinstance(node, ast.ClassDef):
        yield Name(path, node.lineno, "class", node.name)
        yield from _body(path, node.body, "field")
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        yield Name(path, node.lineno, "function", node.name)
        if not node.name.startswith("_"):
            yield from _parameters(path, node)
    elif isinstance(node, ast.Call):
        yield from _calls(path, node)
    elif isinstance(node, ast.Dict):
        for key in node.keys:
            if isinstance(key, ast.Constant) and isinstance(key.value, str) and key.value.isidentifier():
                yield Name(path, key.lineno, "key", key.value)
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute) and node.value.attr == "mark":
        yield Name(path, node.lineno, "mark", node.attr)


def names(path: Path) -> Iterator[Name]:
    """Yield every public name that a file defines, and those of its options, keys, columns and marks."""
    yield Name(path, 1, "module", path.parent.name if path.stem == "__init__" else path.stem)
    yield from _body(path, tree(path).body, "constant")
    for node in ast.walk(tree(path)):
        yield from _of_node(path, node)


def environments() -> Iterator[str]:
    """Yield the names of tox's environments."""
    parser = configparser.RawConfigParser(strict=False)
    parser.read(ROOT / "tox.ini", encoding="utf-8")
    for section in parser.sections():
        if section.startswith("testenv:"):
            yield section.removeprefix("testenv:")


def banned() -> list[Name]:
    """List the public names that still use a replaced word, but for those of the lab's recipes."""
    return [
        name
        for path in files(*PLACES)
        if not any(path.is_relative_to(recipe) for recipe in _RECIPES)
        for name in names(path)
        if not name.text.startswith("_") and words(name.text) & BANNED
    ]


def count(listed: list[Name]) -> dict[str, dict[str, int]]:
    """Count such names by package and word."""
    counted: dict[str, Counter[str]] = {}
    for name in listed:
        counted.setdefault(package(name.path) or name.path.name, Counter()).update(words(name.text) & BANNED)
    return {place: dict(sorted(counter.items())) for place, counter in sorted(counted.items())}


def classes() -> dict[str, list[str]]:
    """Map each class name of the product and the lab to the modules that define it."""
    defined: dict[str, list[str]] = {}
    for path in files("trueup", "deploy", "lab"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ClassDef):
                defined.setdefault(node.name, []).append(module(path))
    return defined
