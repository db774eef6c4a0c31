"""Build the programs that are sent to nodes; nothing of them stays there.

A program is the text of a module in a ``node`` folder, alone or with the modules that it imports. Text starts faster
than a zip (by 13 ms on a 2 GHz core), so a zip is built only for a job whose processes start each other.
"""

import ast
import io
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

# trueup/gpu/node runs on any Python that a node has: the oldest is that of Enterprise Linux 8.
SYSTEM_PYTHON = (3, 6)
# Every other node folder runs on the training environment's Python: the oldest for which torch 2.0.1 has a wheel.
ENVIRONMENT_PYTHON = (3, 8)

_ROOT = Path(__file__).parents[1]
# Makes each module from its text, imports first, and runs the last one as a script.
_LOADER = """
import sys, types
for name in {packages!a}:
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = []
for name, text in {sources!a}:
    module = sys.modules[name] = types.ModuleType(name)
    exec(compile(text, name, "exec"), module.__dict__)
"""


def text(package: str, file: str) -> str:
    """Return a file of a ``node`` folder; package: dotted, e.g. "trueup.env.node"."""
    return _ROOT.joinpath(*package.split("."), file).read_text(encoding="utf-8")


def modules(*names: str) -> dict[str, str]:
    """Return the text of these modules and of all that they import from ``node`` folders, imports first."""
    found: dict[str, str] = {}

    def add(name: str) -> None:
        if name in found:
            return
        package, _, module = name.rpartition(".")
        source = text(package, f"{module}.py")
        for imported in _imported(source):
            add(imported)
        found[name] = source

    for name in names:
        add(name)
    return found


def _imported(source: str) -> Iterator[str]:
    """Yield the modules of ``node`` folders that a text imports, in ``from trueup.x.node[.y] import z`` lines."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module and ".node" in node.module:
            if node.module.endswith(".node"):
                yield from (f"{node.module}.{name.name}" for name in node.names)
            else:
                yield node.module


def _packages(names: dict[str, str]) -> list[str]:
    """Return every package above these modules, outermost first."""
    parts = [name.split(".") for name in names]
    return sorted({".".join(words[:depth]) for words in parts for depth in range(1, len(words))})


@cache
def program(name: str) -> bytes:
    """Return a module and its imports as one text for ``python -``; the module runs as ``__main__``."""
    sources = modules(name)
    named = [("__main__" if each == name else each, source) for each, source in sources.items()]
    return _LOADER.format(packages=_packages(sources), sources=named).lstrip().encode()


def archive(names: tuple[str, ...], main: str) -> bytes:
    """Return a zip that Python runs: these modules, their imports, and the text of ``__main__``."""
    sources = modules(*names)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as zipped:
        for package in _packages(sources):
            zipped.writestr(f"{package.replace('.', '/')}/__init__.py", "")
        for name, source in sources.items():
            zipped.writestr(f"{name.replace('.', '/')}.py", source)
        zipped.writestr("__main__.py", main)
    return buffer.getvalue()
