"""Whose keys a node accepts."""

from typing import Literal

import pytest

from deploy.access import sources
from trueup.spec.model import Access, Account

Mesh = Literal["all"] | tuple[tuple[str, str], ...]


@pytest.mark.parametrize(
    ("mesh", "node", "wanted"),
    [
        ("all", "n1", ["n2", "n3"]),
        ("all", "n9", ["n1", "n2", "n3"]),
        ((), "n1", []),
        ((("n1", "n2"),), "n2", ["n1"]),
        ((("n1", "n2"),), "n1", []),
        ((("n3", "n1"), ("n2", "n1"), ("n2", "n3")), "n1", ["n2", "n3"]),
        ((("gone", "n1"),), "n1", []),
    ],
)
def test_sources_of_a_mesh(mesh: Mesh, node: str, wanted: list[str]) -> None:
    """A declared pair is (from, to); a node that is out is no source; the order is the names'."""
    access = Access(
        accounts=(Account(name="root", home="/root"),), key_type="rsa", mesh=mesh, operator_keys=(), exclusive=False
    )

    assert wanted == sources(access, node, ["n1", "n2", "n3"])
