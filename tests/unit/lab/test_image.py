"""Which archive a node's image is made from."""

from lab.host_apt import HostAptSettings
from lab.image import name_of, of_suite

HERE = HostAptSettings(
    ("deb http://a.example/debian bookworm main contrib", "deb http://a.example/security bookworm-security main"),
    (),
    (),
)


def test_own_suite_is_taken_as_it_is() -> None:
    """Updates and security are part of how this machine reaches the archive."""
    assert HERE == of_suite(HERE, "bookworm")


def test_another_suite_comes_from_the_same_mirror() -> None:
    """Its security archive may lie elsewhere: only what is known to be there is asked for."""
    assert ("deb http://a.example/debian trixie main",) == of_suite(HERE, "trixie").sources


def test_each_suite_has_an_image_of_its_own() -> None:
    """Two kinds of nodes side by side never share one."""
    assert 3 == len({name_of(of_suite(HERE, suite)) for suite in ("bullseye", "bookworm", "trixie")})
