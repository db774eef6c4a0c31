"""The two pages for operators: what is committed is what the records say, and the example is one that loads."""

import re
from pathlib import Path

import pytest

from tools.docs_profiles import INVENTORY_EXAMPLE, PAGES, inventory_page, main, profiles_page
from trueup.declaration import DATA_KEYS, Profile, load_fleet

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("name", PAGES)
def test_committed_page_is_current(name: str) -> None:
    """If not: python -m tools.docs_profiles."""
    assert PAGES[name]() == (ROOT / name).read_text(encoding="utf-8")


def test_pages_are_written_where_they_belong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And not again when nothing changed."""
    monkeypatch.chdir(tmp_path)
    main()
    before = [(tmp_path / name).stat().st_mtime_ns for name in PAGES]
    main()

    assert before == [(tmp_path / name).stat().st_mtime_ns for name in PAGES]


def test_example_is_an_inventory(tmp_path: Path) -> None:
    """An operator may copy it."""
    file = tmp_path / "inventory.py"
    file.write_text(INVENTORY_EXAMPLE)
    fleet = load_fleet(file)

    assert (["node1"], ["node2"]) == ([node.name for node in fleet.active], [node.name for node in fleet.maintenance])


def test_every_key_has_its_line() -> None:
    """Of the inventory and of every record of a profile."""
    assert sorted(DATA_KEYS) == sorted(re.findall(r"^\| `(\w+)` \|", inventory_page(), re.MULTILINE))
    assert [] == [name for name in Profile.model_fields if f"| `{name}` |" not in profiles_page()]
    assert [] == re.findall(r"text that matches .*", inventory_page() + profiles_page())


@pytest.mark.parametrize("page", [inventory_page, profiles_page])
def test_links_lead_somewhere(page: object) -> None:
    """To a section of the page, or to another page beside it."""
    assert callable(page)
    text = page()
    sections = {f"#{title.lower()}" for title in re.findall(r"^## (\w+)$", text, re.MULTILINE)}
    links = set(re.findall(r"\]\(([^)]+)\)", text))

    assert set() == {link for link in links - sections if not (ROOT / "docs" / link).is_file()}
