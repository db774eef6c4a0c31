"""The exit status of a run, and what ends one before it has begun."""

import pytest

from tests.ports import free_port
from tests.unit.accept.project import Project

HOLDS = 'def test_good(node, profile):\n    """Why."""\n'
FAILS = 'def test_bad(node):\n    """Why."""\n    assert node.name == "a"\n'
NEEDS_NODE = 'def test_far(shell):\n    """Why."""\n\ndef test_as_far(host):\n    """Why."""\n'
WORKERS = pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])


@pytest.mark.parametrize(
    ("only", "status", "expected"),
    [
        ((), 1, {"a one/good", "a-1 one/good", "a two/bad", "a-1 two/bad"}),
        (("--node", "a"), 0, {"a one/good", "a two/bad"}),
        (("--component", "two", "--node", "a-1"), 1, {"a-1 two/bad"}),
    ],
)
def test_status_of_part_of_the_fleet(project: Project, only: tuple[str, ...], status: int, expected: set[str]) -> None:
    """What was not asked for counts for nothing."""
    project.write("tests/node/test_one.py", HOLDS)
    project.write("tests/node/test_two.py", FAILS)
    run = project.run(*only)

    assert (status, expected) == (run.status, set(run.records))


def test_what_was_requested_and_not_answered(project: Project) -> None:
    """It counts as not looked at; a node's checks come one after the other, then the next node's."""
    project.write("tests/node/test_one.py", FAILS)
    project.write("tests/node/test_two.py", HOLDS)
    run = project.run("-x")

    assert (2, {"a one/bad", "a two/good", "a-1 one/bad"}) == (run.status, set(run.records))


def test_worker_that_dies_leaves_a_missing_answer(project: Project) -> None:
    """Fewer results than were selected is not in order."""
    project.write(
        "tests/node/test_component.py", f'import os\n\n{HOLDS}    if node.name == "a":\n        os._exit(1)\n'
    )
    run = project.run("-n", "2")

    assert (2, {"a-1 component/good": "pass"}) == (run.status, {k: v["outcome"] for k, v in run.records.items()})
    assert "missing: tests/node/test_component.py::test_good[a] was selected and gave no answer" in run.output


@WORKERS
def test_refused_inventory(project: Project, workers: tuple[str, ...]) -> None:
    """Status 2 and one message that names file, key and what would be right."""
    project.nodes("a", a={"gpuss": "x"})
    project.write("tests/node/test_component.py", HOLDS)
    run = project.run(*workers)

    assert (2, 1) == (run.status, run.errors.count('a.gpuss: unknown key "gpuss"; did you mean "gpus"?'))
    assert "Traceback" not in run.errors + run.output


def test_nothing_to_ask_is_not_applicable(project: Project) -> None:
    """An empty list in the profile, or one node and so no pair, is no skip and no failure."""
    project.write(
        "tests/node/test_component.py",
        f"from trueup.accept.marks import each\n\n{HOLDS}\n"
        '@each("server", lambda node, profile: profile.time.servers)\ndef test_server(node, server):\n    """Why."""\n',
    )
    project.write(
        "tests/fleet/test_component.py",
        "from trueup.accept.marks import between\nfrom trueup.accept.parameters import pairs\n\n"
        '@between("pair", pairs)\ndef test_pair(pair):\n    """Why."""\n',
    )
    run = project.run("--node", "a")
    found = {name: each["outcome"] for name, each in run.records.items()}

    assert (
        0,
        {"a component/good": "pass", "a component/server": "not_applicable", "fleet component/pair": "not_applicable"},
    ) == (run.status, found)


def test_fleet_that_is_out_altogether(project: Project) -> None:
    """Nobody looked, and one message says why."""
    project.nodes("a", a={"maintenance": "moving house"})
    project.write("tests/node/test_component.py", HOLDS)
    run = project.run()

    assert (2, True) == (run.status, "no node to look at: every node that was asked for is out" in run.output)


def test_unknown_node_and_component(project: Project) -> None:
    """A name that is nobody's selects nothing, and nothing is not in order."""
    project.write("tests/node/test_component.py", HOLDS)
    node, component = project.run("--node", "b"), project.run("--component", "rom")

    assert (2, True) == (node.status, "--node b: no such node; the inventory has a-1, a" in node.output)
    assert (2, True) == (
        component.status,
        "--component rom: no such component; the checks are of component" in component.output,
    )


def test_node_that_does_not_answer(project: Project) -> None:
    """Each of its checks could not be looked at, and says of which node; the other checks go on."""
    project.nodes("far", far={"ssh_hostname": "127.0.0.1", "ssh_port": free_port(), "ssh_user": "nobody"})
    project.write("tests/node/test_component.py", NEEDS_NODE + HOLDS)
    run = project.run()
    found = {name: each["outcome"] for name, each in run.records.items()}

    assert (2, {"far component/far": "unknown", "far component/as_far": "unknown", "far component/good": "pass"}) == (
        run.status,
        found,
    )
    assert "far: connect" in run.records["far component/far"]["message"]


def test_a_run_says_which_inventory_it_checks(project: Project) -> None:
    """A stranger who types pytest sees first that nodes will be looked at, and which."""
    found = project.run("--node", "a")

    assert f"trueup: checks the nodes of {project.path / 'inventory.py'}" in found.output.splitlines()[:8]
