"""The one suite of all contenders: only the host behind it differs, and for ours, the plugin that records."""

import os
from functools import cache
from pathlib import Path

import pytest
import testinfra
from testinfra.host import Host

from bench.facts import Endpoint, load

CONTENDER = os.environ["BENCH_CONTENDER"]
PLACE = Path(os.environ["BENCH_PLACE"])
ENDPOINTS, FACTS = load(PLACE / "facts.json")

if CONTENDER == "trueup":
    pytest_plugins = ["trueup.accept.fixtures", "trueup.accept.plugin"]
else:

    def pytest_configure(config: pytest.Config) -> None:
        """Our plugin's mark, which means nothing here."""
        config.addinivalue_line("markers", "each(name, values): not for testinfra's own ways")

    def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
        """One test a fact and node."""
        cases = [(each, fact) for each in ENDPOINTS for fact in FACTS[each.name] if fact.kind == metafunc.function.kind]
        ids = [f"{each.name}-{fact.name}" for each, fact in cases]
        metafunc.parametrize(("endpoint", "fact"), cases, ids=ids)

    @cache
    def host_of(endpoint: Endpoint) -> Host:
        """testinfra's host, by the contender that BENCH_CONTENDER names."""
        if CONTENDER == "testinfra_paramiko":
            return testinfra.get_host(f"paramiko://{endpoint.name}", ssh_config=str(PLACE / "ssh_config"))
        config = "ssh_config_tuned" if CONTENDER == "testinfra_ssh_tuned" else "ssh_config"
        return testinfra.get_host(f"ssh://{endpoint.name}", ssh_config=str(PLACE / config))

    @pytest.fixture
    def host(endpoint: Endpoint) -> Host:
        """The host of this test."""
        return host_of(endpoint)
