"""trueup.gpu.schema: whatever a node prints is read, or refused in one sentence."""

import json
from collections.abc import Callable
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from trueup.gpu.schema import MOST_BYTES, NvmlValue, Probe, ProbeError, read

Json = dict[str, Any]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.binary())
@example(b"")
@example(b"\xff\xfe")
@example(b"[" * 100_000)
@example(b'{"about": NaN}')
def test_any_bytes_give_an_answer(raw: bytes) -> None:
    """Nothing that a node can print is a traceback here."""
    assert isinstance(read(raw), Probe | ProbeError)


@given(st.dictionaries(st.sampled_from(["about", "nvml", "kernel", "module", "pci", "disks"]), VALUES))
def test_any_json_gives_an_answer(document: Json) -> None:
    """Neither is well-formed JSON of another shape."""
    assert isinstance(read(json.dumps(document).encode()), ProbeError)


def test_a_healthy_document_is_read(document: Callable[..., Json]) -> None:
    """The probe's own form is understood."""
    found = read(json.dumps(document()).encode())

    assert isinstance(found, Probe)


def test_two_documents_are_refused(document: Callable[..., Json]) -> None:
    """Two answers to one question are none."""
    raw = json.dumps(document()).encode()

    assert isinstance(read(raw + b"\n" + raw), ProbeError)


def test_half_a_document_is_refused(document: Callable[..., Json]) -> None:
    """A probe that was cut off has not answered."""
    assert isinstance(read(json.dumps(document()).encode()[:-20]), ProbeError)


def test_a_flood_is_refused() -> None:
    """A hostile node may print without end."""
    assert isinstance(read(b" " * MOST_BYTES + b"{}"), ProbeError)


def test_a_negative_count_is_refused(document: Callable[..., Json]) -> None:
    """Fewer than no errors is a lie."""
    found = read(json.dumps(document(first={"ecc_volatile": -1})).encode())

    assert isinstance(found, ProbeError)


def test_the_reason_has_no_control_characters() -> None:
    """A node's bytes end in a terminal: they must not steer it."""
    found = read(b'{"about": "\x1b[2J"}')

    assert isinstance(found, ProbeError)
    assert found.why.isprintable()


def test_no_answer_is_not_zero() -> None:
    """A value that nobody gave cannot be taken for 0."""
    asked = NvmlValue[int](unsupported="NVMLError_NotSupported")

    assert asked.v is None
