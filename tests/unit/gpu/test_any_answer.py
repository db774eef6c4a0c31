"""Whatever a node's probe prints, every check comes to a verdict, or says that it could not look."""

import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trueup.gpu.checks import driver, ecc, host, identity, interconnect, kernel_log, performance
from trueup.gpu.expected import ExpectedGpus
from trueup.gpu.findings import Check, ProbeVerdict
from trueup.gpu.probe import ProbeReport
from trueup.gpu.schema import Probe, read
from trueup.outcome import CouldNotCheck

Json = Any
Documents = Callable[..., dict[str, Json]]
ExpectedFactory = Callable[..., ExpectedGpus]
STATELESS = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
JUNK = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner))


def checks_of(module: ModuleType) -> list[Check]:
    """The module's own checks: what takes a probe and what is wanted."""
    return [each for each in vars(module).values() if getattr(each, "__qualname__", "").endswith(".check")]


CHECKS = [
    check
    for module in (performance, driver, ecc, host, identity, interconnect, kernel_log)
    for check in checks_of(module)
]


def verdicts(raw: bytes, expectation: ExpectedGpus) -> list[ProbeVerdict | CouldNotCheck]:
    """What every check makes of it."""
    look = ProbeReport("node1", expectation, read(raw))
    found: list[ProbeVerdict | CouldNotCheck] = []
    for check in CHECKS:
        try:
            found.append(look.judge(check))
        except CouldNotCheck as reason:
            found.append(reason)
    return found


def paths(value: Json, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(path for key, part in inner for path in paths(part, (*at, key)))]


def put(document: Json, path: tuple[Any, ...], value: Json) -> Json:
    """The document with that value there."""
    if not path:
        return value
    copy = json.loads(json.dumps(document))
    inner = copy
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return copy


def test_all_checks_are_here() -> None:
    """One that is not found is not tried."""
    assert len(CHECKS) >= 25


@given(raw=st.binary())
@STATELESS
def test_any_bytes(expectation: ExpectedFactory, raw: bytes) -> None:
    """Nothing holds that nobody saw."""
    assert {CouldNotCheck} == {type(each) for each in verdicts(raw, expectation())}


@given(data=st.data())
@STATELESS
def test_a_document_with_anything_in_any_place(
    document: Documents, expectation: ExpectedFactory, data: st.DataObject
) -> None:
    """Well-formed, and nonsense in one place: a verdict from each check, whose words no terminal obeys."""
    whole = document()
    path = data.draw(st.sampled_from(paths(whole)))
    found = verdicts(json.dumps(put(whole, path, data.draw(JUNK))).encode(), expectation())

    assert len(CHECKS) == len(found)
    assert [] == [each for each in found for line in str(each).splitlines() if not line.isprintable()]


@given(at=st.integers(0, 10_000), length=st.integers(0, 200), junk=st.binary(max_size=40))
@STATELESS
def test_a_document_with_a_torn_place(
    document: Documents, expectation: ExpectedFactory, at: int, length: int, junk: bytes
) -> None:
    """Bytes lost or put in on the way."""
    raw = json.dumps(document()).encode()
    found = verdicts(raw[:at] + junk + raw[at + length :], expectation())

    assert len(CHECKS) == len(found)


@pytest.mark.parametrize("part", ["nvml", "kernel", "module", "pci", "disks", "memory", "processors"])
@pytest.mark.parametrize(
    "state", [{"state": "cannot", "why": "no"}, {"state": "hung", "after_s": 5.0}, {"state": "looked"}]
)
def test_a_part_that_was_not_observed(
    document: Documents, expectation: ExpectedFactory, part: str, state: dict[str, Json]
) -> None:
    """Some check is the worse for it, except for the bus, which only explains another one."""

    def sound(**changes: Json) -> int:
        found = verdicts(json.dumps(document(**changes)).encode(), expectation())
        return sum(isinstance(each, ProbeVerdict) and each.passes for each in found)

    assert (part == "pci") == (sound() == sound(**{part: state}))


def test_the_healthy_document_is_healthy(document: Documents) -> None:
    """Or the tests above would try nothing."""
    assert isinstance(read(json.dumps(document()).encode()), Probe)
