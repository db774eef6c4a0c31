"""What the commands have in common: options, and times as people write them."""

import re
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import click

# The exit status where something could not be looked at, kept or read: it wins over drift.
COULD_NOT = 2
_SPAN = re.compile(r"(?P<number>\d+)(?P<unit>min|h|d|w)")
_SECONDS = {"min": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}


class Since(click.ParamType[float]):
    """A span before now (90min, 24h, 7d, 4w), or a date, as seconds since 1970."""

    name = "time"

    def convert(self, value: str | float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Convert it, or fail with what is expected."""
        if isinstance(value, float):
            return value
        match = _SPAN.fullmatch(value)
        if match:
            return time.time() - int(match["number"]) * _SECONDS[match["unit"]]
        try:
            return datetime.fromisoformat(value).timestamp()
        except ValueError:
            self.fail(f"expected a span (24h, 7d, 4w) or a date (2026-01-31), found {value!r}", param, ctx)


def inventory_option(command: Callable[..., None]) -> Callable[..., None]:
    """--inventory FILE."""
    file = click.Path(dir_okay=False, path_type=Path)
    option = click.option("--inventory", type=file, default=Path("inventory.py"), show_default=True)
    return option(command)


def json_option(command: Callable[..., None]) -> Callable[..., None]:
    """--json."""
    return click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")(command)
