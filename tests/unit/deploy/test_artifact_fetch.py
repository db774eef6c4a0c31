"""Fetching on a node, by a real sh and curl from a real server: the locked bytes arrive, or nobody's do."""

import hashlib
import subprocess
from pathlib import Path

import pytest

from deploy import artifact_fetch
from tests.unit.deploy.mirror_server import BODY, FILE, Server, content, fetch


def test_right_file_arrives(server: Server, cache: Path) -> None:
    """The file lies under its name, and no partial one beside it."""
    done = fetch(server.server_port)

    assert (0, "", {FILE.name: BODY}) == (done.returncode, done.stderr, content(cache))


def test_broken_fetch_goes_on_where_it_ended(server: Server, cache: Path) -> None:
    """A gigabyte that broke off after 900 MB costs another 100."""
    (cache / "a+b.whl.part").write_bytes(BODY[:1000])
    done = fetch(server.server_port)

    assert (0, ["bytes=1000-"], {FILE.name: BODY}) == (done.returncode, server.requested, content(cache))


def test_whole_part_is_not_fetched_again(server: Server, cache: Path) -> None:
    """A converge that died after the last byte asks the mirror for nothing."""
    (cache / "a+b.whl.part").write_bytes(BODY)
    done = fetch(server.server_port)

    assert (0, [], {FILE.name: BODY}) == (done.returncode, server.requested, content(cache))


def test_wrong_bytes_are_deleted_and_named(server: Server, cache: Path) -> None:
    """The message names node, file, address, both hashes and the remedy; the next converge starts afresh."""
    server.files["/files/a+b.whl"] = b"x" * len(BODY)
    done = fetch(server.server_port)
    actual = hashlib.sha256(b"x" * len(BODY)).hexdigest()

    assert (1, {}) == (done.returncode, content(cache))
    assert [] == [
        word for word in ("node1", FILE.name, FILE.sha256, actual, "trueup mirror verify") if word not in done.stderr
    ]


def test_wrong_part_is_replaced_by_the_next_converge(server: Server, cache: Path) -> None:
    """A partial file with other bytes is found out and deleted: no dead end."""
    (cache / "a+b.whl.part").write_bytes(b"x" * 100)
    first, second = fetch(server.server_port), fetch(server.server_port)

    assert (1, 0, {FILE.name: BODY}) == (first.returncode, second.returncode, content(cache))


@pytest.mark.parametrize("size", [len(BODY), len(BODY) + 7])
def test_part_that_is_too_long_is_fetched_afresh(server: Server, cache: Path, size: int) -> None:
    """No range is requested for that a server can only refuse: curl before 7.72 stops at a 416."""
    (cache / "a+b.whl.part").write_bytes(b"x" * size)
    done = fetch(server.server_port)

    assert (0, [None], {FILE.name: BODY}) == (done.returncode, server.requested, content(cache))


def test_size_need_not_be_known(server: Server, cache: Path) -> None:
    """A lock may lack a size; the hash decides all the same."""
    done = fetch(server.server_port, FILE.model_copy(update={"size": None}))

    assert (0, {FILE.name: BODY}) == (done.returncode, content(cache))


def test_server_without_ranges_is_no_dead_end(server: Server, cache: Path) -> None:
    """What cannot be resumed is fetched whole, at the latest by the next converge."""
    server.ranges = False
    (cache / "a+b.whl.part").write_bytes(BODY[:1000])
    fetch(server.server_port)
    done = fetch(server.server_port)

    assert (0, {FILE.name: BODY}) == (done.returncode, content(cache))


def test_dropping_leaves_no_folder(cache: Path) -> None:
    """Nothing of trueup stays on a node: the folder goes with its last file, and not before."""
    (cache / "a b").mkdir()
    (cache / "other").write_text("")
    subprocess.run(["sh", "-c", artifact_fetch.drop(f"{cache}/a b")], check=True)
    assert ["other"] == [each.name for each in cache.iterdir()]
    subprocess.run(["sh", "-c", artifact_fetch.drop(f"{cache}/other")], check=True)

    assert not cache.exists()
