"""Reading the inventory: what an operator may write, and what each slip is answered with."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.declaration.load import Refusal, load_fleet, node_from_data

NODE = {
    "ssh_hostname": "10.0.0.1",
    "profile": "guide",
    "gpus": "a100-pcie-40gb x2",
    "interface": "eth0",
    "mirror": "http://10.0.0.9:8713",
}


def fleet_file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "inventory.py"
    path.write_text(f"_n = {NODE!r}\n{text}\n")
    return path


def refused(tmp_path: Path, text: str) -> tuple[str, ...]:
    with pytest.raises(Refusal) as caught:
        load_fleet(fleet_file(tmp_path, text))
    return caught.value.problems


def test_a_host_becomes_a_node_without_the_connector_prefix(tmp_path: Path) -> None:
    """pyinfra's connector prefix is no part of a node's name, and the address defaults to the hostname."""
    fleet = load_fleet(fleet_file(tmp_path, 'a = [("@trueup/node1", _n)]'))

    assert [("node1", "10.0.0.1", ("a",), 2)] == [
        (node.name, node.address, node.groups, node.gpu_count) for node in fleet.nodes
    ]


def test_group_data_holds_unless_the_host_says_otherwise(tmp_path: Path) -> None:
    """A tuple (hosts, data) gives every host of the group its data."""
    fleet = load_fleet(fleet_file(tmp_path, 'a = ([("n1", {"profile": "lab"}), ], _n)'))

    assert "lab" == fleet.node("n1").profile


def test_a_node_may_stand_in_two_groups(tmp_path: Path) -> None:
    """A second mention with the same data is membership, not a second node."""
    fleet = load_fleet(fleet_file(tmp_path, 'a = [("n1", _n)]\nevery = ["n1"]'))

    assert [("a", "every")] == [node.groups for node in fleet.nodes]


def test_out_nodes_are_listed_apart(tmp_path: Path) -> None:
    """A node that is out is left alone and does not count."""
    second = {"ssh_hostname": "10.0.0.2", "maintenance": "dead fan, until 2026-12-01"}
    fleet = load_fleet(fleet_file(tmp_path, f'a = [("n1", _n), ("n2", {{**_n, **{second!r}}})]'))

    assert (["n1"], ["n2"]) == ([n.name for n in fleet.active], [n.name for n in fleet.maintenance])


def test_every_mistake_is_reported_at_once(tmp_path: Path) -> None:
    """One run of the loader is enough to mend the whole file."""
    problems = refused(
        tmp_path, 'a = [("n1", {**_n, "gpuss": 1, "gpus": "a100"}), ("N2", {**_n, "ssh_port": "22"})]\nb = 5'
    )

    starts = [line.split(":", 1)[0] for line in problems]
    assert ["b", "n1.gpuss", "n1.gpus", "N2.name", "N2.ssh_port"] == starts


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('a = [("n1", {**_n, "gpuss": 1})]', 'did you mean "gpus"?'),
        ('a = [("n1", {**_n, "hostname": "x"})]', 'did you mean "ssh_hostname"?'),
        ('a = [("n1", _n), ("n2", _n)]', "n1 and n2: have the same address 10.0.0.1"),
        ('a = [("n1", _n), ("n1", {**_n, "gpus": "t4 x1"})]', "n1: stands twice in group a"),
        ('a = [("n1", _n)]\nb = [("n1", {**_n, "ssh_port": 23})]', "declared twice with different data"),
        ('a = ("n1", "n2")', "a: is neither a list of hosts nor (list, dict)"),
        ("a = [3]", 'a[0]: found 3, wanted "name" or ("name", {data})'),
        ("a = []", "declares no node"),
        (
            'a = ([("n1", _n)], {"maintenance": "x"})\nb = (["n1"], {"maintenance": "y"})',
            "n1.maintenance: its groups disagree",
        ),
        ("a = [", "is not Python"),
        ("a = [undefined]", "line 2: NameError"),
        ('a = [("n1", {"profile": "guide"})]', "n1.ssh_hostname: is missing"),
    ],
)
def test_a_slip_is_named_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    """The line says where the mistake is and what would be right."""
    problems = refused(tmp_path, text)

    assert [True] == [said in line for line in problems if said in line], problems


def test_an_unreadable_file_is_a_refusal(tmp_path: Path) -> None:
    """A path that does not exist is said, not shown as a traceback."""
    with pytest.raises(Refusal, match="cannot be read: No such file"):
        load_fleet(tmp_path / "none.py")


def test_host_data_of_pyinfra_is_enough_for_a_node() -> None:
    """Keys that pyinfra adds for itself are left out."""
    node = node_from_data("node1", {**NODE, "_sudo": True, "ssh_allow_agent": False})

    assert ("node1", True) == (node.name, node.sudo)


@given(st.dictionaries(st.sampled_from([*NODE, "ssh_port", "maintenance"]), st.none() | st.integers() | st.text()))
def test_no_scalar_crashes_the_reader(changed: dict[str, object]) -> None:
    """Whatever scalars stand in host data, the answer is a node or a refusal."""
    problems = 0
    try:
        node_from_data("n1", {**NODE, **changed})
    except Refusal as refusal:
        problems = len(refusal.problems)

    assert (problems == 0) or changed
