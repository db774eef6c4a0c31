"""Pages made of invented runs, and a real browser that opens them from disk."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, sync_playwright

from tests.unit.drift.factories import HOUR, START, bad, good, item, run
from trueup.drift.model import NodeState, Run
from trueup.drift.report.render import render
from trueup.drift.store import open_store
from trueup.drift.store.import_run import write
from trueup.outcome import Outcome

CHROMIUM = "/usr/bin/chromium"
WIDTH, HEIGHT = 1280, 900
# What an invented run asks of a node.
CHECKS = (
    *("access/mesh", "access/host_keys", "conda/base_is_there", "conda/init", "cuda/toolkit", "cuda/nvcc"),
    *("driver/pcie_width[gpu0]", "driver/pcie_width[gpu1]", "env/wheel[torch]", "env/wheel[numpy]", "host/clock"),
)
TORCH, CARD, CONDA, CLOCK = "env/wheel[torch]", "driver/pcie_width[gpu1]", "conda/init", "host/clock"
# What of them does not hold when it does not, and what mends it.
DETAILS = {
    TORCH: {"expected": "2.0.1", "actual": "2.1.0", "remedy": "trueup heal"},
    CARD: {"expected": "16 lanes", "actual": "8 lanes", "remedy": "reseat the card"},
    CONDA: {"expected": "conda's block in /root/.bashrc", "actual": "no such block", "remedy": "trueup heal"},
}


@contextmanager
def browser() -> Iterator[Browser]:
    """Debian's Chromium without a window; root has no sandbox to run it in."""
    with sync_playwright() as play:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield chromium
        chromium.close()


@dataclass
class Opened:
    """A page in the browser, and everything that went wrong in it or left the disk."""

    page: Page
    said: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)


def open_page(browser: Browser, file: Path, scheme: str | None = None) -> Opened:
    """Open the file with no network; scheme: light or dark."""
    context = browser.new_context(
        offline=True,
        viewport={"width": WIDTH, "height": HEIGHT},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    opened = Opened(context.new_page())
    opened.page.set_default_timeout(20_000)
    opened.page.on("console", lambda message: opened.said.append(f"{message.type}: {message.text}"))
    opened.page.on("pageerror", lambda error: opened.said.append(f"error: {error}"))
    opened.page.on("request", lambda request: opened.fetched.append(request.url))
    opened.page.goto(file.as_uri())
    return opened


def node_state(degrees: float, boot: str = "b1") -> NodeState:
    """A node whose two GPUs are the lab's stand-ins."""
    measures = {f"temperature[{gpu}]": degrees + 2 * gpu for gpu in range(2)} | {"ecc[0]": 0.0}
    return NodeState(boot=boot, machine="m", packages="p1", profile="d1", simulated=True, measures=measures)


def small(folder: Path, printed: str = "node2: no answer within 20 s") -> Path:
    """Two simulated nodes over a week: a drift that heals, one that comes again and again, and two that stay.

    printed: what the node says that could not be looked at.
    """
    store = open_store(folder / "history.sqlite")
    try:
        for hour in range(0, 168, 6):
            write(store, _week(hour, printed))
        text = render(store, START + 163 * HOUR, 7)
    finally:
        store.close()
    return _file(folder, text)


def _week(hour: int, printed: str) -> Run:
    wrong = {
        ("node1", TORCH): 24 <= hour < 48,
        ("node2", CARD): hour % 36 == 30,
        ("node1", CONDA): hour >= 150,
    }
    items = []
    for node, name in ((node, name) for node in ("node1", "node2") for name in CHECKS):
        if wrong.get((node, name)):
            items.append(item(node, name, Outcome.FAIL).model_copy(update=DETAILS[name]))
        elif (node, name) == ("node2", CLOCK) and hour >= 156:
            items.append(item(node, name, Outcome.UNKNOWN, actual=printed))
        else:
            items.append(item(node, name))
    warm = {"node1": node_state(40 + hour % 24), "node2": node_state(35 + hour % 30, "b2" if hour >= 84 else "b1")}
    made = run(items, hour=hour, nodes=("node1", "node2"), states=warm)
    return made.model_copy(update={"measures": {"bandwidth": 0.8 + hour % 18 / 60}})


def large(folder: Path, nodes: int) -> Path:
    """That many nodes, each twentieth with something that does not hold."""
    names = [f"node{number:04}" for number in range(nodes)]
    store = open_store(folder / "history.sqlite")
    try:
        items = [one for name in names for one in good(name, checks=5)]
        drifted = {one.node for one in items if int(one.node[4:]) % 20 == 0}
        items = [bad(i.node, i.check) if i.node in drifted and i.check.endswith("0") else i for i in items]
        write(store, run(items, nodes=names))
        text = render(store, START + HOUR, 7)
    finally:
        store.close()
    return _file(folder, text)


def _file(folder: Path, text: str) -> Path:
    file = folder / "fleet.html"
    file.write_text(text, encoding="utf-8")
    return file


def picture(chromium: Browser, target: Path, folder: Path) -> None:
    """The small page as a PNG, from top to bottom."""
    opened = open_page(chromium, small(folder))
    opened.page.screenshot(path=target, full_page=True)
    opened.page.context.close()


if __name__ == "__main__":
    # python -m tests.integration.drift.pages docs/drift-report.png
    with browser() as started, TemporaryDirectory() as made:
        picture(started, Path(sys.argv[1]), Path(made))
