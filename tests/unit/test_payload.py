"""trueup.payload, and what every program in a node folder must hold to."""

import ast
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from trueup import payload
from trueup.collective import job_payload
from trueup.payload import ENVIRONMENT_PYTHON, SYSTEM_PYTHON

ROOT = Path(__file__).parents[2]
PROGRAMS = sorted(path.relative_to(ROOT) for side in ("trueup", "deploy") for path in ROOT.glob(f"{side}/**/node/*.py"))
ON_ANY_PYTHON = Path("trueup/gpu/node")
# What a program may import besides the standard library and its siblings.
LIBRARIES = {
    "trueup/collective/node": {"torch", "deepspeed", "trueup.gpu.node"},
    "trueup/env/node": {"torch", "deepspeed", "numpy"},
    "trueup/gpu/node": {"pynvml"},
}


def tree(path: Path) -> ast.Module:
    """The program, as its oldest Python parses it."""
    oldest = SYSTEM_PYTHON if path.parent == ON_ANY_PYTHON else ENVIRONMENT_PYTHON
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), filename=str(path), feature_version=oldest)


def imported(module: ast.Module) -> set[str]:
    """Full names of all imports."""
    names = {name.name for node in ast.walk(module) if isinstance(node, ast.Import) for name in node.names}
    froms = [node for node in ast.walk(module) if isinstance(node, ast.ImportFrom)]
    return names | {f"{node.module}.{name.name}" for node in froms for name in node.names}


def annotations(module: ast.Module) -> list[ast.expr]:
    """All annotations of parameters, results and variables."""
    found: list[ast.expr | None] = []
    for node in ast.walk(module):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found.append(node.returns)
        elif isinstance(node, (ast.arg, ast.AnnAssign)):
            found.append(node.annotation)
    return [each for each in found if each is not None]


def is_newer(annotation: ast.expr) -> bool:
    """Whether evaluating it needs a Python newer than 3.8: `X | Y`, or `list[int]`."""
    builtin = {"dict", "list", "set", "tuple", "frozenset", "type"}
    return any(
        isinstance(node, ast.BinOp)
        or (isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id in builtin)
        for node in ast.walk(annotation)
    )


def test_there_are_programs() -> None:
    """Every package with programs is in the list."""
    folders = {str(path.parent) for path in PROGRAMS}

    assert {*LIBRARIES, "deploy/node", "trueup/accept/node"} <= folders


@pytest.mark.parametrize("path", PROGRAMS, ids=str)
def test_program_runs_on_the_oldest_python(path: Path) -> None:
    """Newer syntax, or an annotation that an older Python cannot evaluate, is a traceback on the node."""
    module = tree(path)
    deferred = "__future__.annotations" in imported(module)

    assert not (deferred and path.parent == ON_ANY_PYTHON), "Python 3.6 has no `from __future__ import annotations`"
    assert deferred or [] == [ast.unparse(each) for each in annotations(module) if is_newer(each)]


@pytest.mark.parametrize("path", PROGRAMS, ids=str)
def test_program_imports_nothing_that_a_node_lacks(path: Path) -> None:
    """The standard library and siblings; in some folders the libraries that are looked at."""
    folder = str(path.parent)
    allowed = {*sys.stdlib_module_names, folder.replace("/", "."), *LIBRARIES.get(folder, ())}

    assert [] == [
        name
        for name in imported(tree(path))
        if not any(name == package or name.startswith(f"{package}.") for package in allowed)
    ]


def test_modules_come_with_their_imports_first() -> None:
    """A module is made before one that imports it."""
    names = [name.rpartition(".")[2] for name in payload.modules("trueup.gpu.node.main")]

    assert ["sections", "kernel", "host", "nvml", "main"] == names


def test_program_of_several_modules_runs_as_one_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both forms of import, without a file on the node; the last module is the script."""
    folder = tmp_path / "fleet/node"
    folder.mkdir(parents=True)
    (folder / "low.py").write_text("WORD = 'an \"odd\" wörd'\n", encoding="utf-8")
    (folder / "middle.py").write_text("from fleet.node.low import WORD\n")
    main = "from fleet.node import middle\nif __name__ == '__main__':\n    print(ascii(middle.WORD))\n"
    (folder / "main.py").write_text(main)
    monkeypatch.setattr(payload, "_ROOT", tmp_path)
    done = subprocess.run([sys.executable, "-I", "-"], input=payload.program("fleet.node.main"), capture_output=True)

    assert (0, b"'an \"odd\" w\\xf6rd'\n") == (done.returncode, done.stdout), done.stderr


def test_zip_holds_every_program_of_the_job_with_its_imports() -> None:
    """Python runs a zip by its __main__; the agent starts the GPU monitor from it."""
    names = set(zipfile.ZipFile(io.BytesIO(job_payload.bundle())).namelist())
    alone = {"boot", "rank_main", "tcp_throughput"}
    own = {str(path) for path in PROGRAMS if path.parts[1] == "collective" and path.stem not in alone}
    monitor = {"trueup/gpu/node/monitor.py", "trueup/gpu/node/nvml.py", "trueup/gpu/node/sections.py"}

    assert {*own, *monitor, "__main__.py"} <= names
    assert not {f"trueup/collective/node/{name}.py" for name in alone} & names
