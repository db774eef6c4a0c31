"""Whose keys a node accepts."""

from typing import Literal

import pytest

from deploy.access import options, sources
from trueup.declaration import Access, Account

Mesh = Literal["all"] | tuple[tuple[str, str], ...]


@pytest.mark.parametrize(
    ("mesh", "node", "expected"),
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
def test_sources_of_a_mesh(mesh: Mesh, node: str, expected: list[str]) -> None:
    """A declared pair is (from, to); a node that is out is no source; the order is the names'."""
    access = Access(
        accounts=(Account(name="root", home="/root"),),
        key_type="rsa",
        mesh=mesh,
        operator_keys=(),
        exclusive=False,
        mesh_options=(),
    )

    assert expected == sources(access, node, ["n1", "n2", "n3"])


@pytest.mark.parametrize(
    ("declared", "expected"),
    [((), ""), (("restrict",), "restrict"), (("from", "restrict"), 'from="10.0.0.2",restrict')],
)
def test_mesh_keys_are_restricted_as_declared(declared: tuple[Literal["from", "restrict"], ...], expected: str) -> None:
    """A stolen key then opens nothing from elsewhere, and no tunnel."""
    access = Access(
        accounts=(Account(name="root", home="/root"),),
        key_type="rsa",
        mesh="all",
        operator_keys=(),
        exclusive=True,
        mesh_options=declared,
    )

    assert expected == options(access, "10.0.0.2")
