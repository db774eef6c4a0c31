"""The table of distributions, and how a node's own words are looked up in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.platforms.table import DISTROS, UnknownDistro, distro_of


@pytest.mark.parametrize(
    ("os_id", "version", "expected"),
    [
        ("debian", "12", ("12", "apt")),
        ("ubuntu", "22.04", ("22.04", "apt")),
        ("centos", "7", ("7", "yum")),
        ("rhel", "7.9", ("7", "yum")),
        ("rocky", "9.4", ("9", "dnf")),
        ("almalinux", "8.10", ("8", "dnf")),
    ],
)
def test_os_release_finds_its_entry(os_id: str, version: str, expected: tuple[str, str]) -> None:
    """EL counts by its major version, Debian and Ubuntu by the whole."""
    found = distro_of(os_id, version)

    assert (os_id, *expected) == (found.id, found.version, found.manager)


@pytest.mark.parametrize(
    ("os_id", "version"),
    [
        ("debian", "10"),
        ("ubuntu", "22"),
        ("ubuntu", "22.10"),
        ("rocky", "10.0"),
        ("arch", ""),
        ("", ""),
        ("Debian", "12"),
    ],
)
def test_unknown_distribution_is_refused(os_id: str, version: str) -> None:
    """The message says what was found, what is known, and which file to add it to."""
    with pytest.raises(UnknownDistro) as caught:
        distro_of(os_id, version)

    assert [] == [
        word
        for word in (repr(os_id), repr(version), "rocky 9", "trueup/platforms/table.py")
        if word not in str(caught.value)
    ]


@given(st.text(), st.text())
def test_whatever_a_node_says_is_an_entry_or_a_refusal(os_id: str, version: str) -> None:
    """Nothing else is raised."""
    try:
        distro_of(os_id, version)
    except UnknownDistro:
        return


def test_every_entry_finds_itself() -> None:
    """None shadows another."""
    assert list(DISTROS) == [distro_of(each.id, each.version) for each in DISTROS]


def test_every_entry_names_the_same_packages() -> None:
    """A profile that one distribution can carry out, all can."""
    assert 1 == len({frozenset(each.packages) for each in DISTROS})


def test_el_names_are_its_own() -> None:
    """Profiles name packages as EL does."""
    el = [each for each in DISTROS if each.manager != "apt"]

    assert [] == [name for each in el for name, own in each.packages.items() if name != own]
