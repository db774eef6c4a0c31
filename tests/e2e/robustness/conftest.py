"""The options of the robustness tests: a sample by default, all of them with --all."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """--all, and which part of it."""
    parser.addoption("--all", action="store_true", help="every interruption, not a sample")
    parser.addoption(
        "--chain", type=int, action="append", default=[], help="with --all: only this one (again for more)"
    )
