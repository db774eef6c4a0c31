"""The commands plan and solve, without a node."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from trueup.plan import cli, inputs
from trueup.plan.dry_run import CannotPlan, Change

Write = Callable[..., Path]


def run(command: str, inventory: Path, *options: str) -> Result:
    chosen = {"plan": cli.plan, "solve": cli.solve}[command]
    return CliRunner().invoke(chosen, ["--inventory", str(inventory), *options])


def test_the_guide_on_centos_7_passes_offline(inventory: Write) -> None:
    """Every warning is on the screen, with what to do."""
    found = run("plan", inventory("guide", distro="centos-7"), "--offline")

    assert 0 == found.exit_code
    for said in ("past its end of life since 2024-06-30", "NCCL 2.26.2 or newer", "gcc 4.8.5", "train in fp16"):
        assert said in found.output


# What must be said of the guide's pair, and by which rule.
DEMANDED = {
    "distro-eol",  # CentOS 7 is past its end of life, its mirrors are off
    "distro-repository",  # no package of R580 is known for it
    "gcc-nvcc",  # gcc 4.8.5 cannot build the ops
    "libaio-symbol",  # async_io stays out
    "nccl-architectures",  # A100 and V100S hang with NCCL 2.14.3
    "bf16",  # V100S has none
    "conda-terms",  # the defaults channel's terms
    "torch-setuptools",  # torch 2.0.1 wants an old one to build with
    "triton-capability",
}


def test_offline_shows_what_converge_would_do(inventory: Write) -> None:
    """Every warning that is due, and every step, for each node of the guide's CentOS 7 pair."""
    path = inventory("guide", distro="centos-7")
    found, document = run("plan", path, "--offline"), json.loads(run("plan", path, "--offline", "--json").stdout)

    assert DEMANDED == {finding["rule"] for finding in document["findings"]}
    assert {"n1", "n2"} == set(document["would"])
    assert "What converge would do on a bare n1:" in found.stdout
    for step in [step for each in document["would"].values() for step in each]:
        assert step["what"] in found.stdout


def test_nothing_is_foretold_of_what_is_refused(inventory: Write) -> None:
    """What cannot be is not described as if it could."""
    document = json.loads(run("plan", inventory("maintained", distro="centos-7"), "--offline", "--json").stdout)

    assert (True, None) == (document["refused"], document["would"])


def test_a_distribution_that_only_the_rules_know_is_refused(inventory: Write) -> None:
    """Nobody could converge it; the file to add it to is named."""
    found = run("plan", inventory("guide", distro="rocky-10"), "--offline")

    assert 2 == found.exit_code
    assert "trueup/platforms/table.py" in found.output


def test_json_is_one_document(inventory: Write) -> None:
    """Nothing else stands on standard output."""
    found = run("plan", inventory("guide", distro="centos-7"), "--offline", "--json")
    document = json.loads(found.stdout)

    assert (False, True, ["n1", "n2"], None) == (
        document["refused"],
        document["offline"],
        document["nodes"],
        document["changes"],
    )
    assert {"warning"} == {finding["level"] for finding in document["findings"]}


def test_what_is_impossible_is_refused_before_the_first_connection(
    inventory: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """torch 2.14 cannot run on CentOS 7, and no node need be asked for that."""
    monkeypatch.setattr(inputs, "probe", lambda nodes: pytest.fail(f"connected to {nodes}"))
    found = run("plan", inventory("maintained", distro="centos-7"))

    assert 2 == found.exit_code
    assert "torch-glibc" in found.output


def test_an_undeclared_distribution_is_no_pass_offline(inventory: Write) -> None:
    """It says which key to set, or to look."""
    found = run("plan", inventory("guide"), "--offline")

    assert 2 == found.exit_code
    assert 'set "distro" in the inventory, or run without --offline' in found.output


@pytest.mark.parametrize(("changes", "status"), [((), 0), ((Change("host | packages", ("n1",)),), 1)])
def test_pending_changes_set_the_exit_status(
    inventory: Write,
    answering: None,
    monkeypatch: pytest.MonkeyPatch,
    changes: tuple[Change, ...],
    status: int,
) -> None:
    """0 is nothing to do, 1 is changes pending."""
    monkeypatch.setattr(cli, "pending", lambda _inventory: changes)
    found = run("plan", inventory("guide"), "--json")

    assert status == found.exit_code
    assert len(changes) == len(json.loads(found.stdout)["changes"])


def test_a_plan_that_pyinfra_cannot_make_is_an_error(
    inventory: Write, answering: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is never taken for an empty plan."""

    def fail(_inventory: Path) -> tuple[Change, ...]:
        raise CannotPlan("pyinfra exited with 1")

    monkeypatch.setattr(cli, "pending", fail)
    found = run("plan", inventory("guide"))

    assert 2 == found.exit_code
    assert "pyinfra exited with 1" in found.output


def test_an_unreachable_node_is_named(inventory: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be looked at is not in order."""
    monkeypatch.setattr(inputs, "probe", lambda nodes: ({}, {node.name: "no route" for node in nodes}))
    found = run("plan", inventory("guide"))

    assert 2 == found.exit_code
    assert "n1: unknown: no route" in found.output


@pytest.mark.parametrize("command", ["plan", "solve"])
def test_a_broken_inventory_is_reported_as_json_too(tmp_path: Path, command: str) -> None:
    """A refusal is a document as well."""
    found = run(command, tmp_path / "none.py", "--json")

    assert 2 == found.exit_code
    assert ["cannot be read: No such file or directory"] == json.loads(found.stdout)["problems"]


@pytest.mark.parametrize("command", ["plan", "solve"])
def test_a_fleet_with_all_nodes_out_cannot_be_judged(inventory: Write, command: str) -> None:
    """An empty fleet is never a pass."""
    found = run(command, inventory("guide", distro="rocky-9", maintenance="moved"), "--offline")

    assert 2 == found.exit_code
