"""The hundred facts, by testinfra's stock modules."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from testinfra.host import Host

from bench.facts import Fact, known, load
from trueup.accept.checks import each
from trueup.declaration import Node, Profile

F = TypeVar("F", bound=Callable[..., None])
FACTS = load(Path(os.environ["BENCH_PLACE"], "facts.json"))[1]


def of(kind: str) -> Callable[[F], F]:
    """The kind of fact that a test looks at."""

    def values(node: Node, _want: Profile) -> list[Fact]:
        return [fact for fact in known(FACTS, node.name) if fact.kind == kind]

    def mark(function: F) -> F:
        function.__dict__["kind"] = kind
        marked: F = each("fact", values)(function)
        return marked

    return mark


@of("file")
def test_file(host: Host, fact: Fact) -> None:
    """Mode and owner."""
    file = host.file(fact.name)

    assert fact.expected == f"{file.mode:o} {file.user}"


@of("package")
def test_package(host: Host, fact: Fact) -> None:
    """Installed, in this version."""
    package = host.package(fact.name)

    assert package.is_installed
    assert fact.expected == package.version


@of("service")
def test_service(host: Host, fact: Fact) -> None:
    """Running."""
    assert host.service(fact.name).is_running


@of("user")
def test_user(host: Host, fact: Fact) -> None:
    """Number and home."""
    user = host.user(fact.name)

    assert fact.expected == f"{user.uid} {user.home}"


@of("limit")
def test_limit(host: Host, fact: Fact) -> None:
    """What a command over ssh gets."""
    assert fact.expected == host.check_output(f"ulimit -{fact.name}")
