"""pytest's plugin of a drift run: acceptance's own shells also tell what trueup.drift.node_state asks of a node.

A login of its own would cost each node, and this machine, as much again as the quick checks do.
"""

from collections.abc import Generator
from concurrent.futures import Future
from pathlib import Path

import pytest

from trueup.accept.checks import declared, node_under_test, shell_pool
from trueup.drift.node_state import COMMAND, DEADLINE_S, state_from
from trueup.files import write_atomic
from trueup.gpu import ProbeReport
from trueup.remote_shell import Result, ShellError

OPTION = "--node-state"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The folder that gets a file for each node that answered."""
    parser.getgroup("trueup").addoption(OPTION, default=None, metavar="FOLDER", help="what drift keeps of each node")


def pytest_configure(config: pytest.Config) -> None:
    """In every process that has shells: workers have them under xdist, else this one."""
    folder = config.getoption(OPTION)
    if folder:
        config.pluginmanager.register(NodeStateCollector(config, Path(folder)), "trueup-seeing")


class NodeStateCollector:
    """Asks each node once, when its first check begins, and writes the answer when its last one has ended."""

    def __init__(self, config: pytest.Config, folder: Path) -> None:
        self.config, self.folder = config, folder
        self._asked: dict[str, Future[Result]] = {}
        self._looks: dict[str, ProbeReport] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        node = node_under_test(item)
        if node and node.name not in self._asked and (shell := shell_pool(self.config).opened(node)):
            self._asked[node.name] = shell.submit(COMMAND, timeout=DEADLINE_S)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self) -> Generator[None, object, object]:
        """The GPU probe's answer is a fixture of the checks."""
        value = yield
        if isinstance(value, ProbeReport):
            self._looks[value.node] = value
        return value

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_teardown(self, item: pytest.Item, nextitem: pytest.Item | None) -> None:
        node = node_under_test(item)
        if node and node.name in self._asked and (nextitem is None or node_under_test(nextitem) != node):
            self._write(node.name)

    def _write(self, name: str) -> None:
        look = self._looks.get(name)
        try:
            text = self._asked[name].result().text
        except ShellError:
            # The node's own checks say that it does not answer, and why; here it is merely not seen.
            return
        found = state_from(text, look.answer if look else None, declared(self.config)[1][name])
        write_atomic(self.folder / f"{name}.json", found.model_dump_json())
