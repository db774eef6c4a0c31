"""The page, from the values to the file."""

import json
import time
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from trueup.drift.console import clock, duration
from trueup.drift.report.page import page_data
from trueup.drift.report.plots import HEIGHT, LEFT, WIDTH, plots
from trueup.drift.store import Store
from trueup.files import write_atomic
from trueup.outcome import Outcome

# Shape and word say the same as the colour.
SIGNS = {Outcome.PASS: "✓", Outcome.FAIL: "✗", Outcome.UNKNOWN: "?", Outcome.NOT_APPLICABLE: "-"}
LABELS = {outcome.value: f"{sign} {outcome.label}" for outcome, sign in SIGNS.items()}


def render(store: Store, now: float, days: float) -> str:
    """The page as HTML, which needs nothing but itself. Raises StoreError."""
    page = page_data(store, now, days)
    environment = Environment(
        loader=PackageLoader("trueup.drift.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"clock": clock, "duration": duration}
    # In a script element only "</" and "<!--" could end it early.
    values = json.dumps(page.script, separators=(",", ":")).replace("<", "\\u003c")
    return environment.get_template("page.html.j2").render(
        page=page,
        plots=plots(store, now - days * 86400.0, now),
        days=days,
        labels=LABELS,
        script_labels=json.dumps(LABELS),
        values=values,
        size={"width": WIDTH, "height": HEIGHT, "left": LEFT},
    )


def write_report(store: Store, target: Path, days: float, now: float | None = None) -> None:
    """Write the page as of ``now``, seconds since 1970, whole or not at all. Raises StoreError, OSError."""
    write_atomic(target, render(store, time.time() if now is None else now, days), mode=0o644)
