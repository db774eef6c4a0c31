"""Read the repository's Python files as syntax trees, and the ledger of what the laws still find."""

import ast
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
LEDGER = Path(__file__).with_name("open.json")
UPDATE = "python -m tests.unit.laws.update"


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def files(*places: str) -> list[Path]:
    """List the Python files under these places of the repository, in order."""
    paths = [ROOT / place for place in places]
    return sorted(path for place in paths for path in (place.rglob("*.py") if place.is_dir() else [place]))


def package(path: Path) -> str:
    """Name the group that a file is counted in: its folder, at most two levels deep."""
    return "/".join(path.relative_to(ROOT).parts[:-1][:2])


def module(path: Path) -> str:
    """Turn a file's path into its dotted module name."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def ledger(law: str) -> Any:
    """Read what is still open under one law."""
    return json.loads(LEDGER.read_text(encoding="utf-8"))[law]


def changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Describe each entry of the ledger that no longer says what the tree says."""
    for key in sorted({*before, *now}):
        if before.get(key) != now.get(key):
            yield f"{key}: the ledger says {before.get(key)}, the tree has {now.get(key)}"
