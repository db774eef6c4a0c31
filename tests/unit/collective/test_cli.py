"""The command line: bad input ends with exit status 2 and one reason, whatever the format."""

import json
from itertools import pairwise
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from trueup.collective.cli import RankPrefixer, allreduce, sizes_of


def test_line_has_the_rank_in_the_whole_job() -> None:
    """torchrun counts on each node from 0."""
    voices = RankPrefixer(["node1", "node2"], 2)

    assert ["node2 rank 3 | NCCL INFO x"] == voices.lines("node2", b"[default1]:NCCL INFO x\n")


def test_line_of_the_launcher_has_none() -> None:
    """It speaks for the node."""
    assert ["node1 | a traceback"] == RankPrefixer(["node1"], 2).lines("node1", b"a traceback\n")


def test_line_that_comes_in_pieces_is_one() -> None:
    """Two nodes at once do not mix."""
    voices = RankPrefixer(["node1", "node2"], 1)
    heard = [voices.lines(*each) for each in (("node1", b"[default0]:a"), ("node2", b"b\n"), ("node1", b"c\nd"))]

    assert [[], ["node2 | b"], ["node1 rank 0 | ac"]] == heard


@given(st.binary(), st.lists(st.integers(min_value=0, max_value=50)))
def test_pieces_do_not_matter(data: bytes, splits: list[int]) -> None:
    """Whatever the network makes of it, and whatever is no text."""
    places = [0, *sorted(splits), len(data)]
    voices = RankPrefixer(["n"], 2)
    found = [line for a, b in pairwise(places) for line in voices.lines("n", data[a:b])]

    assert RankPrefixer(["n"], 2).lines("n", data) == found


ROOT = Path(__file__).parents[3]


def test_sizes_are_bytes() -> None:
    """With the usual suffixes."""
    assert (1024, 16 << 10, 64 << 20, 1 << 30) == sizes_of("1024,16K,64MiB, 1g")


@given(st.text(alphabet="0123456789KMGx,-. ", max_size=12))
def test_any_word_is_a_size_or_refused(text: str) -> None:
    """And no size is nothing."""
    try:
        found = sizes_of(text)
    except click.BadParameter:
        return
    assert all(size > 0 for size in found)


def write(folder: Path, text: str) -> str:
    """An inventory with two nodes of the shipped profiles."""
    every = f'"profile": "lab", "profiles": "{ROOT}/profiles.py", "interface": "eth0", "mirror": "http://127.0.0.1:1"'
    (folder / "inventory.py").write_text(text.replace("EVERY", every))
    return str(folder / "inventory.py")


ONE = 'a = [("@trueup/node1", {"ssh_hostname": "127.0.0.9", "gpus": "a100-pcie-40gb x2", EVERY})]\n'
TWO = (
    ONE + 'b = [("@trueup/node2", {"ssh_hostname": "127.0.0.8", "ssh_port": 1, "gpus": "a100-pcie-40gb x2", EVERY})]\n'
)


@pytest.mark.parametrize(
    ("inventory", "arguments", "words"),
    [
        (ONE, [], "two nodes or more"),
        (TWO, ["--nodes", "node1,node3"], 'no node "node3"'),
        ("a = [1]\n", [], "inventory"),
        ("a = [\n", [], "inventory"),
    ],
)
def test_refusal_is_one_document(tmp_path: Path, inventory: str, arguments: list[str], words: str) -> None:
    """On standard output, and nothing else there."""
    done = CliRunner().invoke(allreduce, ["--json", "--inventory", write(tmp_path, inventory), *arguments])

    assert 2 == done.exit_code
    assert words in json.loads(done.stdout)["problems"][0]["actual"]


def test_unreachable_node_is_unknown(tmp_path: Path) -> None:
    """Exit status 2, and the node's name."""
    done = CliRunner().invoke(allreduce, ["--json", "--inventory", write(tmp_path, TWO)])
    found = json.loads(done.stdout)

    assert (2, "unknown") == (done.exit_code, found["outcome"])
    assert "node2" in [problem["node"] for problem in found["problems"]]


def test_bad_size_is_a_usage_error(tmp_path: Path) -> None:
    """Click's own form of it."""
    done = CliRunner().invoke(allreduce, ["--sizes", "3x", "--inventory", write(tmp_path, TWO)])

    assert 2 == done.exit_code
    assert '"3x" is no size' in done.stderr
