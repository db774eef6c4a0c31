"""Every link of the documentation leads to a file of the repository, and to a heading that it has."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# An inline link's target; pages have no reference-style links.
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)


def pages() -> list[Path]:
    """List the Markdown files that git knows or would add."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [path for name in listed.stdout.split() if (path := ROOT / name).exists()]


def anchors(text: str) -> set[str]:
    """Derive the anchors of a page's headings, as GitHub does."""
    titles = (title.lower() for title in _HEADING.findall(_FENCE.sub("", text)))
    return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in titles}


def broken(page: Path) -> list[str]:
    """List a page's links that lead nowhere."""
    found = []
    for link in _LINK.findall(_FENCE.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and anchor not in anchors(target.read_text(encoding="utf-8"))):
            found.append(link)
    return found


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """A renamed page or heading leaves no dead link behind."""
    assert broken(page) == []


def test_index_names_every_page() -> None:
    """A page that the index leaves out is found by search alone."""
    docs = ROOT / "docs"
    index = (docs / "README.md").read_text(encoding="utf-8")
    linked = {(docs / link.partition("#")[0]).resolve() for link in _LINK.findall(index)}

    finished = [page for page in pages() if page.is_relative_to(docs) and not page.name.startswith("_")]

    assert set(finished) - linked == {docs / "README.md"}


def test_a_dead_link_is_detected(tmp_path: Path) -> None:
    """A missing file and a missing heading; a link in a code block is none."""
    page = tmp_path / "page.md"
    page.write_text(
        "# The `page`\n[a](gone.md) [b](#the-page) [c](#gone) [d](https://x.invalid)\n```\n[e](gone.py)\n```\n"
    )

    assert broken(page) == ["gone.md", "#gone"]
