"""The page: whole in itself, safe against what nodes print, and small and quick for a thousand nodes."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from tests.unit.drift.factories import HOUR, START, bad, good, item, run
from trueup.drift.model import NodeState
from trueup.drift.report.render import render, write_report
from trueup.drift.store import Store
from trueup.drift.store.import_run import write
from trueup.outcome import Outcome

DAY = 24 * HOUR
EVIL = "</script><img src=x onerror=alert(1)>"


class Links(HTMLParser):
    """Everything that a browser would fetch, and every target and id."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep src and href."""
        self.tags.append(tag)
        self.fetched += [value or "" for name, value in attrs if name in ("src", "href", "action", "data")]


def node_state(degrees: float, simulated: bool = True) -> NodeState:
    """A node with one warm GPU."""
    return NodeState(
        boot="b1", machine="m", profile="d1", simulated=simulated, measures={"temperature[0]": degrees, "ecc[0]": 0.0}
    )


def values(text: str) -> dict[str, Any]:
    """The page's embedded values."""
    found = re.search(r'<script id="values" type="application/json">(.*?)</script>', text, re.DOTALL)
    assert found
    return dict(json.loads(found[1]))


def test_nothing_is_fetched(store: Store) -> None:
    """The page opens from disk, with no network: no address of any kind but its own anchors."""
    write(store, run([bad("n1"), *good()[1:]]))
    text = render(store, START + HOUR, 30)
    links = Links(text)

    assert {"#", "data"} == {link[:1] if link.startswith("#") else link.partition(":")[0] for link in links.fetched}
    assert [] == re.findall(r"https?://[^\s\"'<]+", text)
    assert "link" in links.tags
    assert "default-src 'none'" in text


def test_cells_lead_to_expected_and_actual(store: Store) -> None:
    """Every cell is a link, and what it opens has why, expected, actual and remedy."""
    write(store, run([bad("n1"), *good()[1:]]))
    text = render(store, START + HOUR, 30)
    found = values(text)
    rows = [row for row in found["nodes"]["n1"] if row[1] == "fail"]

    assert '<a href="#n1/conda">✗ 1<span class="v"> fail</span></a>' in text
    assert [["one", "another", "mend it"]] == [[found["texts"][at] for at in row[3:6]] for row in rows]


def test_what_a_node_prints_is_text(store: Store) -> None:
    """A node is not trusted with the page's script."""
    write(store, run([item("n1", "conda/x", Outcome.FAIL, actual=EVIL)]))
    text = render(store, START + HOUR, 30)

    assert "<img" not in text
    assert EVIL in values(text)["texts"]


def test_simulated_gpus_are_marked(store: Store) -> None:
    """Nobody shall take a stand-in's temperature for a measurement."""
    write(store, run(good(), states={"n1": node_state(40.0)}))
    text = render(store, START + HOUR, 30)

    assert "Simulated GPUs" in text
    assert 'n1 <abbr title="simulated GPUs">▲</abbr>' in text
    assert "GPU temperature, degrees C (▲ simulated)" in text


def test_empty_store_has_a_page(store: Store) -> None:
    """It says what to do."""
    assert "No run is stored yet" in render(store, START, 30)


def test_thousand_nodes(store: Store, tmp_path: Path) -> None:
    """A thousand nodes of 20 items, with some drift: at most 15 MB."""
    names = [f"node{number:04}" for number in range(1000)]
    items = [item(name, f"component{i % 8}/check{i}") for name in names for i in range(20)]
    warm = {name: node_state(40.0) for name in names}
    write(store, run(items, nodes=names, states=warm))
    drifted = {number * 20: bad(names[number], "component0/check0") for number in range(0, 1000, 5)}
    hot = {name: node_state(60.0) for name in names}
    write(store, run([drifted.get(i, one) for i, one in enumerate(items)], nodes=names, states=hot, hour=1))
    target = tmp_path / "fleet.html"
    write_report(store, target, 100_000)

    assert target.stat().st_size < 15_000_000
    assert 1001 == len(re.findall('<tr data-node="', target.read_text()))
