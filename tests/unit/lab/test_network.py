"""Networks that are in use are recognised in what iproute2 and Podman print."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.network import numbers_in


@pytest.mark.parametrize(
    ("document", "numbers"),
    [
        ([], set()),
        ([{"dst": "10.213.4.0/24", "dev": "podman1"}], {4}),
        ([{"addr_info": [{"local": "10.213.0.1"}, {"local": "192.0.2.2"}]}], {0}),
        ([{"subnets": [{"subnet": "10.213.17.0/24", "gateway": "10.213.17.1"}]}], {17}),
        ([{"dst": "10.21.3.0/24"}, {"dst": "default"}], set()),
    ],
)
def test_numbers(document: list[object], numbers: set[int]) -> None:
    """Only 10.213.N.x counts, wherever it stands."""
    assert numbers_in(json.dumps(document)) == numbers


def test_no_output_is_no_network() -> None:
    """`ip -json route` prints nothing where there is no route."""
    assert numbers_in("") == set()


@given(st.recursive(st.text() | st.integers() | st.none(), lambda inner: st.lists(inner)))
def test_any_document_is_read(document: object) -> None:
    """Whatever the document holds, the answer is a set of numbers of networks."""
    assert all(0 <= number for number in numbers_in(json.dumps(document)))
