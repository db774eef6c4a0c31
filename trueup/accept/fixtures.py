"""The fixtures of acceptance: what a check may ask for."""

from collections.abc import Callable

import pytest
from testinfra.host import Host

from trueup.accept.connections import FleetUnderTest, ShellPool, shell_pool
from trueup.accept.pytest_report import MEASURE, NOTE
from trueup.accept.selection import chosen, declared
from trueup.accept.tiers import Tier
from trueup.declaration import Node, Profile
from trueup.env.probe import EVERY_BYTE, HASHED_BYTES
from trueup.remote_shell import Shell


@pytest.fixture(scope="session")
def pool(request: pytest.FixtureRequest) -> ShellPool:
    """The shells of this run."""
    return shell_pool(request.config)


@pytest.fixture(scope="session")
def profile(node: Node, request: pytest.FixtureRequest) -> Profile:
    """The node's profile."""
    return declared(request.config)[1][node.name]


@pytest.fixture(scope="session")
def shell(node: Node, pool: ShellPool) -> Shell:
    """The node's long-lived shell."""
    return pool.to(node)[node.name]


@pytest.fixture(scope="session")
def host(node: Node, pool: ShellPool) -> Host:
    """The node as testinfra's host."""
    return pool.host(node)


@pytest.fixture(scope="session")
def fleet(request: pytest.FixtureRequest, pool: ShellPool) -> FleetUnderTest:
    """The nodes together."""
    nodes = chosen(request.config)
    every, profiles = declared(request.config)
    names = tuple(node.name for node in every.active)
    return FleetUnderTest(nodes, {node.name: profiles[node.name] for node in nodes}, pool.to(*nodes), names)


def hashed_in(config: pytest.Config) -> int:
    """Up to which size in bytes a file of the environment is hashed, by the tier.

    Deep: every one. Standard: what a second can do. Quick: those alone that were written after the installer had gone.
    """
    return {Tier.DEEP: EVERY_BYTE, Tier.STANDARD: HASHED_BYTES, Tier.QUICK: 0}[Tier(config.getoption("--tier"))]


@pytest.fixture(scope="session")
def hashed_bytes(request: pytest.FixtureRequest) -> int:
    """See hashed_in."""
    return hashed_in(request.config)


@pytest.fixture
def note(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Call it with the text of a warning on something that holds."""

    def write(text: str) -> None:
        request.node.user_properties.append((NOTE, text))

    return write


@pytest.fixture
def measure(request: pytest.FixtureRequest) -> Callable[[str, float], None]:
    """Call it with a name and a value that drift keeps over time."""

    def write(name: str, value: float) -> None:
        request.node.user_properties.append((MEASURE + name, value))

    return write
