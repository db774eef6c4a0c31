"""docs/evidence/renamed-checks.md accounts for every check that trueup had before the rename."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
_ROW = re.compile(r"^\| (node|fleet) \| `(\S+)` \| (?:`(\S+)`|the same) \|$", re.MULTILINE)


def checks(place: str) -> set[str]:
    """List the ids of the checks in a folder of acceptance."""
    return {
        f"{path.stem.removeprefix('test_')}/{node.name.removeprefix('test_')}"
        for path in (ROOT / "tests" / place).glob("test_*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def test_no_check_was_lost() -> None:
    """A check that a rename drops is a fault that nothing catches."""
    rows = _ROW.findall((ROOT / "docs/evidence/renamed-checks.md").read_text(encoding="utf-8"))
    missing = [new or old for place, old, new in rows if (new or old) not in checks(place)]

    assert rows
    assert missing == []
