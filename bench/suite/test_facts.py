"""The hundred facts, by testinfra's stock modules."""

from collections.abc import Callable
from typing import TypeVar

from testinfra.host import Host

from bench.facts import Fact

F = TypeVar("F", bound=Callable[..., None])


def of(kind: str) -> Callable[[F], F]:
    """The kind of fact that a test looks at."""

    def mark(function: F) -> F:
        function.__dict__["kind"] = kind
        return function

    return mark


@of("file")
def test_file(host: Host, fact: Fact) -> None:
    """Mode and owner."""
    file = host.file(fact.name)

    assert fact.wanted == f"{file.mode:o} {file.user}"


@of("package")
def test_package(host: Host, fact: Fact) -> None:
    """Installed, in this version."""
    package = host.package(fact.name)

    assert package.is_installed
    assert fact.wanted == package.version


@of("service")
def test_service(host: Host, fact: Fact) -> None:
    """Running."""
    assert host.service(fact.name).is_running


@of("user")
def test_user(host: Host, fact: Fact) -> None:
    """Number and home."""
    user = host.user(fact.name)

    assert fact.wanted == f"{user.uid} {user.home}"


@of("limit")
def test_limit(host: Host, fact: Fact) -> None:
    """What a command over ssh gets."""
    assert fact.wanted == host.check_output(f"ulimit -{fact.name}")
