"""How many hostile values: few by default, thousands in `tox -e robustness`, all in `tox -e injection`."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests import hypothesis_profiles
from tests.integration.injection.sandbox import Sandbox

__all__ = ["hypothesis_profiles"]

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
settings.register_profile("some", deadline=None, max_examples=40, suppress_health_check=SLOW)
settings.register_profile("full", deadline=None, max_examples=250, suppress_health_check=SLOW)
# With it each worker adds its count of cases to that file.
RECORD = "TRUEUP_INJECTION_CASES_FILE"


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """A shell that can do no harm; nobody must be able to enter its folder."""
    with tempfile.TemporaryDirectory(prefix="trueup-harm-", dir="/var/tmp") as folder:
        sandbox = Sandbox(Path(folder))
        yield sandbox
    count("commands", sandbox.cases)


def count(what: str, cases: int) -> None:
    """Add to the record."""
    if path := os.environ.get(RECORD):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(f"{what} {cases}\n")
