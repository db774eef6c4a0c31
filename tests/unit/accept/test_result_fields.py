"""Every check that does not pass says expected, actual and remedy, each as a field."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.accept.project import ROOT, Project, Run
from trueup.outcome import CONVERGE_REMEDY, UNKNOWN_REMEDY

STYLES = '''
import pytest
from trueup.accept.checks import CheckFailed, CouldNotCheck, Problem, remedy, require, require_agreement
from trueup.remote_shell import Unreachable

@pytest.fixture
def broken():
    raise OSError("no disk")

def test_text(node):
    """Why."""
    assert "a" == "b"

def test_sets(node):
    """Why."""
    assert {"a", "b"} == {"b", "c"}

def test_subset(node):
    """Why."""
    assert {"a", "b"} <= {"b"}

def test_dicts(node):
    """Why."""
    assert {"a": 1} == {"a": 2}

def test_tuples(node):
    """Why."""
    assert ("600", "root") == ("644", "root")

def test_empty(node):
    """Why."""
    assert [] == ["stranger"]

def test_long(node):
    """Why."""
    assert set(range(3000)) == {*range(3000), "stranger"}

def test_control(node):
    """Why."""
    assert "a" == "\\x1b[31mred"

def test_member(node):
    """Why."""
    assert "rw" in ["ro"]

def test_message(node):
    """Why."""
    assert 1 == 2, "more to read"

@remedy("by hand")
def test_require(node):
    """Why."""
    require(False, expected="a driver", actual="none")

def test_agreement(node):
    """Why."""
    require_agreement({"n1": 1, "n2": 2})

@remedy("each line says it")
def test_problems(node):
    """Why."""
    raise CheckFailed(
        Problem(where="GPU 0", expected="x16", actual="x8", remedy="reseat it"),
        Problem(where="GPU 1", expected="x16", actual="x4", remedy="reseat it"),
    )

def test_plain(node):
    """Why."""
    assert not node.name

def test_fail(node):
    """Why."""
    pytest.fail("no")

def test_error(node):
    """Why."""
    raise KeyError("x")

def test_fixture(node, broken):
    """Why."""

def test_skip(node):
    """Why."""
    pytest.skip("no tool")

def test_could_not(node):
    """Why."""
    raise CouldNotCheck("no light")

def test_blind(node):
    """Why."""
    raise CouldNotCheck(Problem(where="GPU 0", expected="an answer", actual="none", remedy="see NVML"))

def test_unreachable(node):
    """Why."""
    raise Unreachable("a", "connect", expected="an SSH server", actual="no answer", remedy="switch it on")
'''
# The check -> outcome, and what its fields say where that is not read from the comparison alone.
EXPECTED = {
    "text": ("fail", "a", "b", CONVERGE_REMEDY),
    "sets": ("fail", "only expected: 'a'; of {'a', 'b'}", "only found: 'c'; of {'b', 'c'}", CONVERGE_REMEDY),
    "subset": ("fail", "missing: 'a'; of {'a', 'b'}", "{'b'}", CONVERGE_REMEDY),
    "dicts": ("fail", "only expected: 'a': 1; of {'a': 1}", "only found: 'a': 2; of {'a': 2}", CONVERGE_REMEDY),
    "tuples": (
        "fail",
        "only expected: 600; of ('600', 'root')",
        "only found: 644; of ('644', 'root')",
        CONVERGE_REMEDY,
    ),
    "empty": ("fail", "nothing", "['stranger']", CONVERGE_REMEDY),
    "control": ("fail", "a", "?[31mred", CONVERGE_REMEDY),
    "member": ("fail", "rw in it", "['ro']", CONVERGE_REMEDY),
    "message": ("fail", "1", "2", CONVERGE_REMEDY),
    "require": ("fail", "a driver", "none", "by hand"),
    "agreement": ("fail", "the same answer of all", "n1: 1\nn2: 2", CONVERGE_REMEDY),
    "problems": ("fail", "GPU 0: x16\nGPU 1: x16", "GPU 0: x8\nGPU 1: x4", "reseat it"),
    "plain": ("fail", "not node.name", None, CONVERGE_REMEDY),
    "fail": ("fail", "Why.", "no", CONVERGE_REMEDY),
    "error": ("unknown", "a result", "KeyError: 'x'", UNKNOWN_REMEDY),
    "fixture": ("unknown", "a result", "OSError: no disk", UNKNOWN_REMEDY),
    "skip": ("unknown", "a result", "skipped (no tool): a check may not skip", UNKNOWN_REMEDY),
    "could_not": ("unknown", "a result", "no light", UNKNOWN_REMEDY),
    "blind": ("unknown", "GPU 0: an answer", "GPU 0: none", "see NVML"),
    "unreachable": ("unknown", "a: connect: an SSH server", "a: connect: no answer", "switch it on"),
}


@pytest.fixture(scope="module", params=[(), ("-n", "1"), ("--bundle-above", "1")], ids=["one", "workers", "bundles"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One run of checks that fail in every way in use."""
    project = Project(tmp_path_factory.mktemp("styles"))
    project.write("tests/node/test_styles.py", STYLES)
    return project.run("--no-prefetch", *request.param)


def test_every_failure_has_its_fields(run: Run) -> None:
    """Whatever the way to fail, one worker or many, one item a check or a bundle."""
    found = {
        name: (record["outcome"], record["expected"], record["actual"], record["remedy"])
        for name in EXPECTED
        for record in [run.records[f"a styles/{name}"]]
    }

    assert {} == {
        name: got
        for name, got in found.items()
        if any(field is not None and field != value for field, value in zip(EXPECTED[name], got, strict=True))
    }
    assert all(all(fields) for fields in found.values())


def test_no_failure_is_without_a_problem(run: Run) -> None:
    """Each deviation by itself, with its place."""
    assert [] == [key for key, record in run.records.items() if not record["problems"]]
    assert ["GPU 0", "GPU 1"] == [problem["where"] for problem in run.records["a styles/problems"]["problems"]]


def test_a_long_value_is_bounded_and_keeps_its_difference(run: Run) -> None:
    """Set in thousands of names, the one that is too many is what counts."""
    actual = run.records["a styles/long"]["actual"]

    assert actual.startswith("only found: 'stranger'; of {")
    assert actual.endswith("characters in all)")
    assert len(actual) <= 4096


def _statements() -> Iterator[tuple[str, ast.AST]]:
    """Yield every assertion of the checks, and every call of pytest.fail and pytest.skip."""
    for path in sorted([*(ROOT / "tests/node").glob("*.py"), *(ROOT / "tests/fleet").glob("*.py")]):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            place = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Assert) or (
                isinstance(node, ast.Call) and ast.unparse(node.func) in ("pytest.fail", "pytest.skip")
            ):
                yield place, node


def _has_fields(node: ast.AST) -> bool:
    """Whether it is a comparison with the expected value first, or a verdict of the GPU probe."""
    if not isinstance(node, ast.Assert):
        return False
    if isinstance(node.test, ast.Call):
        return ast.unparse(node.test.func) == "holds"
    return (
        isinstance(node.test, ast.Compare)
        and len(node.test.ops) == 1
        and isinstance(node.test.ops[0], ast.Eq | ast.In | ast.NotIn | ast.LtE | ast.Lt)
        and not isinstance(node.test.comparators[0], ast.Constant)
    )


def test_every_check_fails_in_a_way_with_fields() -> None:
    """A condition in words would leave expected and actual to a reader of prose: it calls require()."""
    statements = list(_statements())

    assert len(statements) > 100
    assert [] == [f"{place}: {ast.unparse(node)}" for place, node in statements if not _has_fields(node)]


def test_every_file_of_checks_imports_the_one_module() -> None:
    """Who writes a check needs to know trueup.accept.checks only."""
    files = [*(ROOT / "tests/node").glob("*.py"), *(ROOT / "tests/fleet").glob("*.py")]
    lines = [(path.name, line) for path in files for line in _imports(path)]

    assert [] == [f"{name}: {line}" for name, line in lines if line not in ("trueup.accept.checks",)]


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("trueup.accept"):
            yield str(node.module)
