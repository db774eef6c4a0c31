"""The dashboard and the example name what there is."""

import json
import re
from pathlib import Path

from trueup.drift import prometheus

DOCS = Path(__file__).parents[3] / "docs"


def test_dashboard_asks_for_metrics_that_are_written() -> None:
    """A panel without data looks like a fleet without trouble."""
    board = json.loads((DOCS / "drift-grafana.json").read_text())
    asked = {name for one in board["panels"] for name in re.findall(r"trueup_\w+", one["targets"][0]["expr"])}

    assert set() == asked - set(prometheus.METRICS)
