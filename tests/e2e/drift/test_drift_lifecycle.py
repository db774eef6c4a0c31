"""A drift from its beginning to its end: seen, told, healed, and the same in every account of it."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import Pair
from tests.e2e.drift.conftest import Site, wrong
from tests.sample_size import count

BREAK = "time-stopped"
NODE, CHECK, PLANNED = "node1", "time/service_runs", "time/plan: service"
RUNS = count(3, 50)
# Beside the row of a run: SQLite's pages are given out whole.
BYTES_A_RUN = 2048


@pytest.fixture
def restored_site(site: Site) -> Iterator[Site]:
    """Whatever a test leaves, the pair is converged again."""
    yield site
    if site.pair.on(NODE, "systemctl is-active chrony").rc != 0:
        done = site.pair.converge()
        assert done.rc == 0, done.out + done.err


def broken(pair: Pair) -> float:
    """Stop the time service on a node; when, in seconds since 1970."""
    at = time.time()
    done = pair.run("trueup", "lab", "inject", BREAK)
    assert done.rc == 0, done.out + done.err
    return at


def test_drift_and_healing(restored_site: Site, tmp_path: Path) -> None:
    """The right item, node and time; one message when it opens and one when it closes; one story everywhere."""
    site = restored_site
    first, good = site.drift()
    at = broken(site.pair)
    second, bad = site.drift()
    third, still = site.drift("--component", "time")
    healed = site.trueup("heal", "--yes", "--component", "time")
    after = time.time()
    last, end = site.drift()
    since = {(i["node"], i["check"]): i["since"] for i in bad["items"] if (i["node"], i["check"]) in wrong(bad)}
    told = {(one["node"], one["check"]): one for one in site.history()}
    page = tmp_path / "fleet.html"
    made = site.trueup("report", "--out", str(page))

    assert (0, set()) == (first, wrong(good))
    assert (1, {(NODE, CHECK), (NODE, PLANNED)}) == (second, wrong(bad))
    assert set(since.values()) == {bad["started"]}
    assert at <= bad["started"]
    assert (1, bad["started"]) == (third, next(i["since"] for i in still["items"] if i["check"] == CHECK))
    assert 0 == healed.rc, healed.out + healed.err
    assert PLANNED in healed.out
    assert (0, set()) == (last, wrong(end))
    assert {(NODE, CHECK), (NODE, PLANNED)} == set(told)
    assert {bad["started"]} == {one["drifted"] for one in told.values()}
    assert all(still["started"] < one["healed"] < after for one in told.values())
    assert all("trueup's own converge ran before this look" in one["healed_with"] for one in told.values())
    assert [
        f"trueup: {NODE}: 2 items no longer in order (alert 1)",
        f"trueup: {NODE}: 2 items in order again (alert 1)",
    ] == site.titles
    assert 0 == made.rc, made.err
    assert rows(page) == sorted(
        (shown(one["drifted"]), shown(one["healed"]), one["node"], one["check"]) for one in told.values()
    )


def rows(page: Path) -> list[tuple[str, ...]]:
    """(drifted, healed, node, item) of each row of the page's timeline."""
    table = page.read_text(encoding="utf-8").partition('<table id="timeline">')[2].partition("</table>")[0]
    cells = [re.findall(r"<td>(.*?)</td>", row) for row in table.split("<tr")[2:]]
    return sorted((row[0], row[1], row[3], row[4]) for row in cells)


def shown(at: float) -> str:
    """A time as the page has it."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(at))


def test_heal_leaves_to_hands_what_converge_does_not_restore(site: Site) -> None:
    """A card at x8 is named with its remedy, no node is converged, and drift stays drift."""
    broke = site.pair.run("trueup", "lab", "inject", "gpu-width-x8")
    assert broke.rc == 0, broke.out + broke.err
    try:
        healed = site.trueup("heal", "--yes", "--component", "driver")
    finally:
        mended = site.pair.run("trueup", "lab", "undo", "--no-mirror")
        assert mended.rc == 0, mended.err

    assert 1 == healed.rc, healed.out + healed.err
    assert "not for converge: " in healed.out
    assert "converge has nothing to change" in healed.out


def test_unchanged_runs(site: Site) -> None:
    """Each in order, nobody told, and a store that hardly grows."""
    first, _ = site.drift()
    before = size(site)
    runs = [site.drift() for _ in range(RUNS)]
    grown = size(site) - before

    assert [0] * (RUNS + 1) == [first, *(status for status, _ in runs)]
    assert [set()] * RUNS == [wrong(document) for _, document in runs]
    assert [] == site.titles
    assert grown < RUNS * BYTES_A_RUN


def size(site: Site) -> int:
    """Bytes of the store; a run that has ended leaves no log beside it."""
    return sum(file.stat().st_size for file in site.state.glob("history.sqlite*"))
