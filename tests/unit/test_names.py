"""A distribution's name decides nothing outside the table: no component, rule or check compares one."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from trueup.platforms import DISTROS

ROOT = Path(__file__).parents[2]
TABLE = "trueup/platforms/table.py"
PLACES = ("trueup", "deploy", "tests/node", "tests/fleet")
# Families and managers' distributions by any of their names: an `if` on "el7" is one on CentOS 7.
NAMES = {distro.id for distro in DISTROS} | {"alma", "fedora", "redhat", "sles", "opensuse", "arch"}
_NAMED = re.compile(rf"^({'|'.join(sorted(NAMES))})([-_ ]?\d.*)?$|^(el|rhel)[-_]?\d+(\..*)?$", re.IGNORECASE)


def _texts(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value


def _reads_a_distribution(node: ast.AST) -> bool:
    """`distro.id`, `distro.version`, `distro.name`, `at.node.distro`, `row.distro`."""
    return isinstance(node, ast.Attribute) and (
        node.attr == "distro"
        or (node.attr in ("id", "version", "name") and isinstance(node.value, ast.Name) and node.value.id == "distro")
    )


def _named(nodes: Iterable[ast.AST | None]) -> bool:
    return any(_NAMED.match(text) for node in nodes if node is not None for text in _texts(node))


def _decides(node: ast.AST) -> bool:
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        fixed = any(isinstance(side, ast.Constant) and isinstance(side.value, str) for side in sides)
        return _named(sides) or (fixed and any(map(_reads_a_distribution, sides)))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in ("startswith", "endswith", "get") and _named(node.args)
    if isinstance(node, ast.Dict):
        return _named(node.keys)
    return isinstance(node, ast.MatchValue) and _named([node])


def decisions(source: str) -> list[int]:
    """List the lines where a distribution's name is compared, matched, or a key of a mapping."""
    nodes = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.expr | ast.pattern))
    return sorted({node.lineno for node in nodes if _decides(node)})


def sources() -> list[Path]:
    paths = [path for place in PLACES for path in (ROOT / place).rglob("*.py")]
    return sorted(path for path in [*paths, ROOT / "conftest.py"] if str(path.relative_to(ROOT)) != TABLE)


def test_no_name_decides_outside_the_table() -> None:
    """What differs between distributions is data of trueup/platforms/table.py and trueup/compat/tables."""
    deciding = {
        str(path.relative_to(ROOT)): lines for path in sources() if (lines := decisions(path.read_text("utf-8")))
    }

    assert deciding == {}


@pytest.mark.parametrize(
    "source",
    [
        'if distro.id == "debian": pass',
        'if found in ("centos-7", "rhel-7"): pass',
        'if distro.version == "7": pass',
        'x = 1 if at.node.distro == odd or at.node.distro == "x-1" else 2',
        'if name.startswith("ubuntu"): pass',
        'match name:\n    case "rocky": pass',
        'HOW = {"almalinux": 1}[name]',
        'if "el7" in release: pass',
    ],
)
def test_every_decision_is_detected(source: str) -> None:
    """Each way to decide on a name is found."""
    assert decisions(source)


@pytest.mark.parametrize("source", ['if manager == "apt": pass', "if distro.selinux: pass", 'say("rocky 9")'])
def test_other_uses_pass(source: str) -> None:
    """A manager, a field of the table, a word in a message."""
    assert [] == decisions(source)
