"""docs/support.md claims what was tried, and no more."""

import pytest

from lab import topologies
from lab.paths import REPOSITORY
from tools import docs_support
from trueup.platforms import DISTROS


def test_page_is_current() -> None:
    """`tox -e docs` writes it again."""
    assert docs_support.page() == docs_support.PAGE.read_text(encoding="utf-8")


def test_readme_leads_there() -> None:
    """The first page links it."""
    assert "docs/support.md" in (REPOSITORY / "README.md").read_text(encoding="utf-8")


def test_every_distribution_of_the_table_has_its_row() -> None:
    """A gap would be a claim by silence."""
    text = docs_support.page()

    assert [] == [distro.name for distro in DISTROS if f"| {distro.name} (" not in text]
    assert "**nothing**" not in text


@pytest.mark.parametrize("name", docs_support.LAB)
def test_what_the_lab_claims_it_can_bring_up(name: str) -> None:
    """A kind of node that no shape has was never converged."""
    kind = "el" if "EL's shape" in docs_support.LAB[name] else name

    assert kind in {kind for kinds in topologies.SHAPES.values() for kind in kinds}


def test_what_is_undescribed_is_refused() -> None:
    """The rules know Rocky 10; converge does not."""
    assert "rocky-10" in docs_support.refused()
    assert "| rocky-10 | refused |" in docs_support.page()
