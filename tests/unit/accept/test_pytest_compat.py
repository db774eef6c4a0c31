"""Each part of pytest that is not public and that acceptance uses, tried on the pytest that is installed."""

import subprocess
import sys
from pathlib import Path

import pytest

from trueup.accept import pytest_compat

BROKEN = "this pytest has changed a part that is not public: adapt trueup/accept/pytest_compat.py, or bound pytest"


@pytest.fixture
def outer(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Request another fixture."""
    return str(tmp_path_factory.getbasetemp())


@pytest.mark.parametrize("number", [1])
def test_fixtures_and_parameters(request: pytest.FixtureRequest, outer: str, number: int) -> None:
    """item._fixtureinfo (argnames, name2fixturedefs), FixtureDef.func and .argnames, item.callspec.params."""
    item: pytest.Item = request.node
    fixtures = pytest_compat.fixtures(item)

    assert pytest_compat.fixture_names(item) == ("request", "outer", "number"), f"item._fixtureinfo: {BROKEN}"
    assert fixtures["outer"].function is pytest_compat.function_of(globals()["outer"]), f"FixtureDef.func: {BROKEN}"
    assert fixtures["outer"].arguments == ("tmp_path_factory",), f"FixtureDef.argnames: {BROKEN}"
    assert "tmp_path_factory" in fixtures, f"name2fixturedefs: {BROKEN}"
    assert dict(pytest_compat.parameters(item)) == {"number": 1}, f"item.callspec: {BROKEN}"


def test_item_of_another_kind_has_none(request: pytest.FixtureRequest) -> None:
    """A plug-in's own items have neither fixtures nor parameters."""
    session = request.session

    assert (None, {}, {}) == (
        pytest_compat.fixture_names(session),  # type: ignore[arg-type]  # as bare as an item can be
        pytest_compat.fixtures(session),  # type: ignore[arg-type]
        pytest_compat.parameters(session),  # type: ignore[arg-type]
    )


def test_function_below_the_fixture_decorator() -> None:
    """FixtureFunctionDefinition._fixture_function, or __pytest_wrapped__ up to pytest 8.3."""

    def function() -> None:
        """Do nothing."""

    assert pytest_compat.function_of(pytest.fixture(function)) is function, f"the fixture decorator: {BROKEN}"
    assert pytest_compat.function_of(function) is function


def test_parameter_set() -> None:
    """_pytest.mark.ParameterSet is what pytest.param() gives."""
    assert isinstance(pytest.param(1, id="one"), pytest_compat.ParameterSet), f"ParameterSet: {BROKEN}"


def test_terminal_width(request: pytest.FixtureRequest) -> None:
    """TerminalReporter._tw.fullwidth; the workers of xdist have no reporter."""
    config = request.config
    reporter = config.pluginmanager.get_plugin("terminalreporter") or pytest.TerminalReporter(config)

    assert pytest_compat.terminal_width(reporter) > 0, f"TerminalReporter._tw: {BROKEN}"


PLUGIN = """
import pytest
from trueup.accept import pytest_compat

class Module(pytest.Module):
    def collect(self):
        first = [item.name for item in super().collect()]
        self.items = list(pytest_compat.collect_again(self))
        assert first == [item.name for item in self.items]
        yield Item.from_parent(self, name="all")

class Item(pytest.Item):
    def runtest(self):
        raise NotImplementedError

def pytest_pycollect_makemodule(module_path, parent):
    return Module.from_parent(parent, path=module_path)

def pytest_runtest_protocol(item, nextitem):
    reports = [report for test in item.parent.items for report in pytest_compat.run_phases(test, None)]
    print("PHASES", [(report.when, report.outcome) for report in reports])
    return True
"""


def test_collection_and_protocol(tmp_path: Path) -> None:
    """PyCollector.collect without new fixtures, and runtestprotocol without announcing its reports."""
    (tmp_path / "conftest.py").write_text(PLUGIN)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    test = "import pytest\n@pytest.fixture\ndef one(): return 1\ndef test_it(one): assert one == 1\n"
    (tmp_path / "test_it.py").write_text(test)
    phases = "PHASES [('setup', 'passed'), ('call', 'passed'), ('teardown', 'passed')]"

    run = subprocess.run([sys.executable, "-m", "pytest", "-s", tmp_path], capture_output=True, text=True, check=False)

    assert phases in run.stdout, f"PyCollector.collect or runtestprotocol: {BROKEN}\n{run.stdout}"
