"""The documentation names tox environments, modules, functions and files that exist."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.unit.laws.source import ROOT, files, module, tree
from tests.unit.laws.words import environments
from tests.unit.test_docs_links import pages

# This page lists names that are gone.
_PAGES = [page for page in pages() if page.name != "renamed-checks.md"]
_TOX = re.compile(r"tox -e ([\w,-]+)")
_DOTTED = re.compile(r"`((?:trueup|deploy|lab|tools|bench)(?:\.\w+)+)`")
_PLACEHOLDER = re.compile(r"NAME|COMPONENT")
_PATH = re.compile(r"`((?:trueup|deploy|lab|tools|bench|tests|docs)/[\w./-]*[\w/])`")


def defined(path: Path) -> Iterator[str]:
    """Yield the dotted names of a module, its functions and classes, and the methods of these."""
    name = module(path)
    yield name
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ClassDef):
            yield from (f"{name}.{node.name}.{part.name}" for part in node.body if isinstance(part, ast.FunctionDef))
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            yield f"{name}.{node.name}"


@cache
def known() -> frozenset[str]:
    """Collect every dotted name of the project's own code."""
    return frozenset(name for path in files("trueup", "deploy", "lab", "tools", "bench") for name in defined(path))


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_names_on_a_page_exist(page: Path) -> None:
    """A renamed environment, module, function or folder leaves no stale name behind."""
    text = page.read_text(encoding="utf-8")
    gone = [name for names in _TOX.findall(text) for name in names.split(",") if name not in set(environments())]
    gone += [name for name in _DOTTED.findall(text) if name not in known()]
    gone += [name for name in _PATH.findall(text) if not _PLACEHOLDER.search(name) and not list(ROOT.glob(f"{name}*"))]

    assert gone == []
