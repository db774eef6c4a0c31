"""Where Debian's non-free section is asked for."""

from lab.apt_repo.debian import KEYRING, sources


def test_section_is_that_of_the_suite() -> None:
    """The first line of the suite names the place; updates and security have no toolkit."""
    lines = (
        "deb http://debian.example/security bookworm-security main",
        "deb http://debian.example/debian bookworm main contrib",
    )

    assert f"deb [signed-by={KEYRING}] http://debian.example/debian bookworm non-free\n" == sources(lines)


def test_machine_without_the_suite_has_none() -> None:
    """Another suite's nvcc is of another version."""
    assert "" == sources(("deb http://debian.example/debian trixie main",))


def test_another_suite_lies_in_the_same_place() -> None:
    """A newer nvcc is in a newer suite of the archive that this machine uses."""
    lines = ("deb http://debian.example/debian bookworm main",)

    assert f"deb [signed-by={KEYRING}] http://debian.example/debian trixie non-free\n" == sources(lines, "trixie")
