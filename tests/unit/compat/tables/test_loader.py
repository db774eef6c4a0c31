"""The tables: every row well-formed, cited and used."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from pydantic import ValidationError

from trueup.compat.gpu_catalogue import GpuModel
from trueup.compat.tables import lookup, schema
from trueup.compat.tables.loader import Row, Table, table
from trueup.compat.versions import minor, version_key

TORCHES: list[str] = [row.torch for row in lookup.every("torch", schema.TorchRow)]
# How the rules reach a row of each table; whatever is not reached is dead weight.
REACHED: dict[str, Callable[[Any], object]] = {
    "torch": lambda row: lookup.torch(row.torch),
    "builds": lambda row: lookup.build(next(t for t in TORCHES if minor(t) == row.torch), row.build),
    "toolkits": lambda row: lookup.toolkit(minor(row.toolkit)),
    "gcc": lambda row: lookup.gcc(row.toolkit),
    "architectures": lambda row: lookup.architecture(row.capability),
    "branches": lambda row: lookup.branch(row.branch),
    "distros": lambda row: lookup.distro(row.distro),
    "deepspeed": lambda row: lookup.deepspeed(row.newest),
    "ops": lambda row: lookup.op(row.op),
    "conda": lambda row: lookup.installer(f"{row.installer}2026.11-0-Linux-x86_64.sh"),
    "numpy": lambda row: lookup.numpy(row.newest),
    "gpus": lambda row: lookup.gpu(row.model),
}
# These are read whole by one rule each.
WHOLE: dict[str, type[Row]] = {"nccl": schema.Hang, "defects": schema.Defect}
ALL = [(name, row) for name, kind in lookup.TABLES.items() for row in table(name, kind).rows]


@pytest.mark.parametrize("name", lookup.TABLES)
def test_the_table_is_well_formed(name: str) -> None:
    """It loads strictly, has a date, and describes every source that it cites, and no other."""
    found = table(name, lookup.TABLES[name])
    extra = {value for row in found.rows for field, value in row if field.endswith("_source") and value is not None}

    assert set(found.sources) == {row.source for row in found.rows} | extra
    assert found.date >= "2026-11-23"


@pytest.mark.parametrize(("name", "row"), ALL, ids=[f"{name}-{i}" for i, (name, _) in enumerate(ALL)])
def test_every_row_is_used(name: str, row: Row) -> None:
    """The key by which a rule looks the row up leads to this row and no other."""
    if name in WHOLE:
        assert row in lookup.every(name, WHOLE[name])
    else:
        assert row == REACHED[name](row)


def test_every_table_has_its_rows_named() -> None:
    """A new file without a reader would be data that nobody looks at."""
    assert set(lookup.TABLES) == set(REACHED) | set(WHOLE)


def test_every_gpu_has_its_architecture() -> None:
    """A model whose capability has no row could never be judged."""
    for row in lookup.every("gpus", GpuModel):
        assert row.architecture == lookup.architecture(row.capability).architecture


def test_every_build_has_a_toolkit_and_a_release() -> None:
    """The default build of a release is among its builds, and its CUDA is known."""
    for version in TORCHES:
        found = [build.build for build in lookup.builds(version)]
        assert lookup.torch(version).default_build in found
        assert all(lookup.toolkit(cuda) for cuda in found)


def test_every_toolkit_but_the_oldest_has_compilers() -> None:
    """A toolkit without bounds for gcc cannot be judged; 10.2 is older than every torch here."""
    wanted = {minor(row.toolkit) for row in lookup.every("toolkits", schema.Toolkit)} - {"10.2"}

    assert wanted <= {row.toolkit for row in lookup.every("gcc", schema.Gcc)}


def test_releases_of_deepspeed_leave_no_gap() -> None:
    """Each row begins after the newest release of the row before."""
    found = lookup.every("deepspeed", schema.DeepSpeedRow)

    for before, after in pairwise(found):
        assert version_key(before.first) <= version_key(before.newest) < version_key(after.first)


def test_a_missing_row_is_named() -> None:
    """The message says which file lacks what, and what it has."""
    with pytest.raises(lookup.MissingRow, match=r"no row for torch 9\.9\.9 in trueup/compat/tables/torch\.json"):
        lookup.torch("9.9.9")


@pytest.mark.parametrize(
    "text",
    [
        '{"schema": 2, "date": "2026-11-23", "sources": {}, "rows": []}',
        '{"schema": 1, "date": "soon", "sources": {"A": "a"}, "rows": [{"source": "A", "status": "confirmed"}]}',
        '{"schema": 1, "date": "2026-11-23", "sources": {}, "rows": [{"source": "A", "status": "confirmed"}]}',
        '{"schema": 1, "date": "2026-11-23", "sources": {"A": "a"}, "rows": [{"source": "A", "status": "sure"}]}',
        '{"schema": 1, "date": "2026-11-23", "sources": {"A": "a"}, "rows": [{"source": "A"}]}',
    ],
)
def test_a_malformed_table_is_refused(text: str) -> None:
    """A row without a source, a status or a date is no fact."""
    with pytest.raises(ValidationError):
        Table[Row].model_validate_json(text)


@pytest.mark.parametrize(
    ("os_id", "version", "expected"),
    [
        ("rocky", "9.4", "rocky-9"),
        ("ubuntu", "22.04", "ubuntu-22.04"),
        ("debian", "12", "debian-12"),
        ("centos", "7", "centos-7"),
        ("gentoo", "2.15", "gentoo-2.15"),
        ("ubuntu", "23.10", "ubuntu-23.10"),
    ],
)
def test_distributions_are_named_as_in_the_table(os_id: str, version: str, expected: str) -> None:
    """EL counts by its major; what is not listed keeps its own name."""
    assert expected == lookup.distro_name(os_id, version)
