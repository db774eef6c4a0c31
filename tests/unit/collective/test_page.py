"""The page about the collective shows what the tests hold."""

import re
from pathlib import Path

from tests.e2e.collective.job_faults import table

PAGE = Path(__file__).parents[3] / "docs/collective.md"


def test_page_lists_the_faults_that_are_tried() -> None:
    """Printed anew by: python -m tests.e2e.collective.job_faults."""
    shown = re.search(r"<!-- faults -->\n(.*?)\n<!-- /faults -->", PAGE.read_text(), re.S)

    assert shown is not None
    assert table() == shown[1]
