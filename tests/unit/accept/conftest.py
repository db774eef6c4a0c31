"""The project under test of each test here."""

from pathlib import Path

import pytest

from tests.unit.accept.project import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Two nodes, "a-1" and "a"; no checks yet."""
    return Project(tmp_path)
