"""Contenders: which are chosen, and that both ways of single commands get the same outputs."""

import getpass
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from bench import commands, facts, measure
from bench.accept import main as accept
from bench.facts import Endpoint, Fact
from bench.wan import main as wan
from tests.unit.remote_shell.sshd import Sshd

CONTENDERS: dict[str, measure.Contender] = dict.fromkeys(("trueup", "trueup_no_prefetch", "limit"), lambda: None)


@pytest.mark.parametrize(
    ("names", "chosen"),
    [((), list(CONTENDERS)), (("limit", "trueup"), ["trueup", "limit"]), (("limit", "limit"), ["limit"])],
)
def test_selection(names: tuple[str, ...], chosen: list[str]) -> None:
    """The order is the contenders' own; without names all are measured."""
    assert chosen == list(measure.selected(CONTENDERS, names))


def test_unknown_contender_is_refused() -> None:
    """A name that is misspelt must not measure nothing."""
    with pytest.raises(click.BadParameter, match="trueup_now: not among trueup, trueup_no_prefetch, limit"):
        measure.selected(CONTENDERS, ["trueup_now"])


@pytest.mark.parametrize("command", [accept, wan])
def test_contenders_are_named_after_only(command: click.Command) -> None:
    """Several names may follow one --only."""
    context = command.make_context("bench", ["--only", "trueup", "trueup_no_prefetch", "limit", "--rounds", "3"])

    assert (("trueup",), ("trueup_no_prefetch", "limit"), 3) == tuple(
        context.params[name] for name in ("only", "further", "rounds")
    )


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """A real sshd with OpenSSH's own limit of sessions."""
    server = Sshd(tmp_path_factory.mktemp("sshd"), sessions=10)
    home = server.home
    yield Endpoint("a", "127.0.0.1", server.port, getpass.getuser(), str(home / "plain"), str(home / "known_hosts"))
    server.stop()


FACTS = {"a": [Fact("user", "root", "0 /root"), Fact("file", "/no such file", ""), Fact("file", "/", "755 root")]}


@pytest.mark.parametrize("name", commands.CONTENDERS)
def test_single_commands(endpoint: Endpoint, tmp_path: Path, name: str) -> None:
    """Each command's output in order, also after one that fails, in a process of its own as it is measured."""
    facts.save(tmp_path / "facts.json", [endpoint], FACTS)

    commands.contender(name, tmp_path / "facts.json")
    assert {"a": ["0 /root", "", "755 root"]} == commands.outputs(name, [endpoint], FACTS)


@pytest.mark.parametrize("name", commands.CONTENDERS)
def test_wrong_output_is_no_measurement(endpoint: Endpoint, tmp_path: Path, name: str) -> None:
    """A contender that is fast because it fails would win."""
    facts.save(tmp_path / "facts.json", [endpoint], {"a": [Fact("user", "root", "1 /root")]})

    with pytest.raises(measure.Failed, match="expected, actual"):
        commands.main(name, tmp_path / "facts.json")
