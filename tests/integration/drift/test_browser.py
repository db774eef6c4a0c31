"""The page in a real browser, from disk, with no network."""

import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.integration.drift.pages import Opened, browser, large, open_page, picture, small

NODES = 1000
EVIL = "</script><img src=x onerror=console.error(1)>"
# What a browser computed -> how far apart two colours are, by WCAG 2.2's contrast ratio.
CONTRAST = """
() => {
  const light = colour => {
    const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map(part => {
      const value = part / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const paper = light(getComputedStyle(document.body).backgroundColor);
  const found = {};
  for (const kind of ["pass", "fail", "unknown", "not_applicable"]) {
    const ink = light(getComputedStyle(document.querySelector(".key ." + kind)).color);
    found[kind] = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
  }
  return found;
}
"""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all."""
    with browser() as found:
        yield found


@pytest.fixture(scope="session")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A week of two nodes."""
    return small(tmp_path_factory.mktemp("small"), printed=EVIL)


@pytest.fixture
def opened(chromium: Browser, file: Path) -> Iterator[Opened]:
    """That page, opened; whatever a test does on it, nothing goes wrong and nothing is fetched."""
    opened = open_page(chromium, file)
    yield opened
    opened.page.context.close()

    assert ([], [file.as_uri()]) == (opened.said, [url for url in opened.fetched if not url.startswith("data:")])


def rows(opened: Opened) -> list[str]:
    """The nodes of the matrix that are shown."""
    return [row.get_attribute("data-node") or "" for row in opened.page.locator("#matrix tbody tr:visible").all()]


def opened_cell(opened: Opened, cell: str) -> str:
    """What a cell says; its text appears after the click, once the address has changed."""
    opened.page.click(f"#matrix a[href='#{cell}']")
    return opened.page.locator("#detail:not([hidden])").inner_text()


def test_filter_by_node(opened: Opened) -> None:
    """A part of the name is enough, and everything on the page follows."""
    opened.page.fill("#by-node", "NODE1")

    assert ["node1"] == rows(opened)
    assert "1 rows" == opened.page.inner_text("#count")
    assert {"node1"} == {row.get_attribute("data-node") for row in opened.page.locator("article.rows:visible").all()}


def test_filter_by_component(opened: Opened) -> None:
    """Only that column is left."""
    opened.page.select_option("#by-component", "env")

    assert ["node", "env"] == opened.page.locator("#matrix thead th:visible").all_inner_texts()
    assert ["node1", "node2"] == rows(opened)


def test_filter_by_outcome(opened: Opened) -> None:
    """Who is left has it; then all come back."""
    opened.page.select_option("#by-outcome", label="? unknown")
    left = rows(opened)
    opened.page.click("button[type=reset]")
    opened.page.wait_for_function("document.getElementById('count').textContent === '3 rows'")

    assert (["node2"], ["fleet", "node1", "node2"]) == (left, rows(opened))


def test_cell_opens_with_the_mouse(opened: Opened) -> None:
    """Wanted, found, why and remedy, with what a node printed as text."""
    told = opened_cell(opened, "node2/host")

    assert "host/clock ? unknown" in told
    assert EVIL in told


def test_keyboard_only(opened: Opened) -> None:
    """The filter by /, a cell by Tab and Enter, closed by Esc; the place is kept, and the cell opens again."""
    page = opened.page
    page.keyboard.press("/")
    in_filter = page.evaluate("document.activeElement.id")
    page.keyboard.type("node1")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('href')") == "#node1/conda":
            break
    page.keyboard.press("Enter")
    page.wait_for_selector("#detail:not([hidden])")
    opened_at = page.evaluate("document.activeElement.id")
    page.keyboard.press("Escape")
    page.wait_for_selector("#detail", state="hidden")
    back_at = page.evaluate("document.activeElement.getAttribute('href')")
    page.keyboard.press("Enter")
    page.wait_for_selector("#detail:not([hidden])")

    assert ("by-node", "detail", "#node1/conda") == (in_filter, opened_at, back_at)
    assert "conda/init ✗ fail" in page.inner_text("#detail")


def test_close_button(opened: Opened) -> None:
    """For those who do not know Esc; the cell opens again afterwards."""
    opened.page.click("#matrix a[href='#node1/conda']")
    opened.page.click("#detail button")
    opened.page.wait_for_selector("#detail", state="hidden")
    opened.page.click("#matrix a[href='#node1/conda']")

    assert opened.page.wait_for_selector("#detail", state="visible")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_can_be_read(chromium: Browser, file: Path, scheme: str) -> None:
    """WCAG 2.2, 1.4.3: text has a contrast of 4.5 to its paper, in both schemes; the papers differ."""
    opened = open_page(chromium, file, scheme)
    found = opened.page.evaluate(CONTRAST)
    paper = opened.page.evaluate("getComputedStyle(document.body).backgroundColor")
    opened.page.context.close()

    assert {} == {kind: ratio for kind, ratio in found.items() if ratio < 4.5}
    assert {"light": "rgb(255, 255, 255)", "dark": "rgb(22, 22, 22)"}[scheme] == paper


def test_print(opened: Opened) -> None:
    """On paper there are no filters, and each cell says its outcome in words."""
    opened.page.emulate_media(media="print")
    cell = opened.page.locator("#matrix a[href='#node1/conda'] .v").bounding_box()
    sheet = opened.page.pdf()

    assert not opened.page.locator("#filters").is_visible()
    assert cell is not None
    assert cell["width"] > 20
    assert sheet.startswith(b"%PDF-")


def test_simulated_gpus_are_marked(opened: Opened) -> None:
    """At the top, at each node, and at each plot."""
    captions = opened.page.locator("figcaption").all_inner_texts()

    assert opened.page.locator(".simulated").is_visible()
    assert 2 == opened.page.locator("#matrix abbr[title='simulated GPUs']").count()
    assert captions
    assert [] == [caption for caption in captions if "▲ simulated" not in caption]


def test_thousand_nodes_are_usable(chromium: Browser, tmp_path: Path) -> None:
    """One is found among them and opened."""
    opened = open_page(chromium, large(tmp_path, NODES))
    opened.page.fill("#by-node", "node0940")
    found = rows(opened)
    told = opened_cell(opened, "node0940/conda")
    opened.page.context.close()

    assert (["node0940"], []) == (found, opened.said)
    assert "conda/check0 ✗ fail" in told


def test_picture_of_the_documentation(chromium: Browser, tmp_path: Path) -> None:
    """docs/drift-report.png is the page as it is now, but for fonts (tests/integration/drift/pages.py makes it)."""
    fresh = tmp_path / "fresh.png"
    picture(chromium, fresh, tmp_path)
    width, height = size(Path(__file__).parents[3] / "docs" / "drift-report.png")
    now_width, now_height = size(fresh)

    assert now_width == width
    assert 0.9 < height / now_height < 1.1


def size(png: Path) -> tuple[int, int]:
    """Width and height in pixels (PNG specification, IHDR)."""
    width, height = struct.unpack(">II", png.read_bytes()[16:24])
    return width, height
