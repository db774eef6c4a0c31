"""Wishes: which versions a condition allows, and what is said of one that cannot be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.compat.solver import BadWish, Constraint, parse_constraint
from trueup.compat.versions import version_key

versions = st.lists(st.integers(0, 30), min_size=2, max_size=3).map(lambda parts: ".".join(map(str, parts)))


@pytest.mark.parametrize(
    ("text", "allowed", "refused"),
    [
        (">=2.4", ["2.4.1", "2.10.0"], ["2.3.1"]),
        (">=2.4,<2.11", ["2.10.0"], ["2.11.0", "2.3.1"]),
        ("2.4", ["2.4.1", "2.4"], ["2.40.0", "2.5.1"]),
        ("==2.4.*", ["2.4.1"], ["2.5.1"]),
        ("==2.4.1", ["2.4.1"], ["2.4.0"]),
        ("!=2.7.1", ["2.7.0", "2.8.0"], ["2.7.1"]),
        ("~=2.4", ["2.4.1", "2.10.0"], ["3.0.0", "2.3.1"]),
        ("~=2.4.1", ["2.4.2"], ["2.5.0", "2.4.0"]),
        ("<=2.10", ["2.10.0", "2.9.1"], ["2.11.0"]),
        (" > 2.10 ", ["2.11.0"], ["2.10.0"]),
    ],
)
def test_a_condition_allows_what_it_says(text: str, allowed: list[str], refused: list[str]) -> None:
    """Versions compare as numbers, and a bare version means its patches too."""
    wish = parse_constraint("torch", text)

    assert (allowed, []) == ([v for v in allowed if wish.allows(v)], [v for v in refused if wish.allows(v)])


@given(versions, versions)
def test_conditions_agree_with_the_order(have: str, required: str) -> None:
    """Exactly one of <, == and > holds, and >= is the rest of <."""
    less, same, more, atleast = (
        Constraint("torch", f"{sign}{required}").allows(have) for sign in ("<", "==", ">", ">=")
    )

    assert [less, same, more].count(True) == 1
    assert atleast == (not less) == (version_key(have) >= version_key(required))


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("torch", "newest"),
        ("torch", ""),
        ("torch", ">=2.4,"),
        ("torch", "=>2.4"),
        ("python", "3.10; rm"),
        ("modules", "any"),
        ("nccl", ">=2.26"),
    ],
)
def test_a_wish_that_cannot_be_read_is_refused(what: str, text: str) -> None:
    """It says that it cannot judge, and what a wish looks like."""
    with pytest.raises(BadWish, match="cannot judge"):
        parse_constraint(what, text)


@given(st.text(max_size=12))
def test_no_text_crashes_the_parser(text: str) -> None:
    """Whatever is typed is a wish or a BadWish."""
    try:
        wish = parse_constraint("torch", text)
    except BadWish as error:
        said = str(error)
    else:
        said = str(wish)

    assert "--torch" in said
