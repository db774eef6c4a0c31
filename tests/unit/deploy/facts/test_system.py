"""Reading what a node answers about itself; the answers were recorded on Debian 12, Ubuntu 24.04 and Rocky 9."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyinfra.api.exceptions import FactProcessError

from deploy.facts.system import InstalledPackages, OsRelease, Service, ShmMib

LINES = st.lists(st.text(max_size=30), max_size=8)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (['PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"', "ID=debian", 'VERSION_ID="12"'], ("debian", "12")),
        (
            ["NAME='Rocky Linux'", "# a comment = none", 'ID="rocky"', 'ID_LIKE="rhel"', 'VERSION_ID="9.4"'],
            ("rocky", "9.4"),
        ),
        (["ID=arch", "BUILD_ID=rolling"], ("arch", None)),
    ],
)
def test_os_release_loses_its_quotes(lines: list[str], expected: tuple[str, str | None]) -> None:
    """Values are quoted or not, as each distribution likes."""
    actual = OsRelease().process(lines)

    assert expected == (actual["ID"], actual.get("VERSION_ID"))


def test_installed_packages_of_debian() -> None:
    """Removed ones with files left (rc) are not there; half-installed and half-configured ones are told apart."""
    lines = ["ii |curl", "rc |old", "hi |kernel", "iU |half", "iF |failed", "iHR|broken", "un |never", "pn |purged"]

    assert {
        "curl": "ok",
        "kernel": "held",
        "half": "iU",
        "failed": "iF",
        "broken": "iHR",
    } == InstalledPackages().process(lines)


def test_installed_packages_of_rocky() -> None:
    """rpm answers in the same form."""
    assert {"curl": "ok", "gpg-pubkey": "ok"} == InstalledPackages().process(["ii |curl", "ii |gpg-pubkey"])


@pytest.mark.parametrize("line", ["", "error: rpmdb open failed", "ii |", "|curl"])
def test_a_package_manager_that_talks_otherwise_is_not_believed(line: str) -> None:
    """An error message is no package: the host fails, the run goes on."""
    with pytest.raises(FactProcessError, match="the package manager answered"):
        InstalledPackages().process([line])


def test_state_of_a_service() -> None:
    """A value may hold an equals sign."""
    lines = ["LoadState=loaded", "ActiveState=active", "UnitFileState=enabled", "X=a=b", "noise"]
    expected = {"LoadState": "loaded", "ActiveState": "active", "UnitFileState": "enabled", "X": "a=b"}

    assert expected == Service().process(lines)


def test_shared_memory_in_mib() -> None:
    """POSIX df counts KiB."""
    assert 2048 == ShmMib().process(["tmpfs 2097152 0 2097152 0% /dev/shm"])


@pytest.mark.parametrize("lines", [[], ["df: /dev/shm: No such file"], ["tmpfs -1 0"], ["tmpfs"], ["tmpfs ² 0"]])
def test_an_answer_of_df_that_is_none_fails_its_host(lines: list[str]) -> None:
    """Any other exception would end the run for every host."""
    with pytest.raises(FactProcessError):
        ShmMib().process(lines)


@given(LINES)
def test_hostile_answers_end_one_host_at_most(lines: list[str]) -> None:
    """Whatever a node prints, a fact is a value or a FactProcessError."""
    for fact in (OsRelease(), Service()):
        fact.process(lines)
    for strict in (InstalledPackages(), ShmMib()):
        try:
            strict.process(lines)
        except FactProcessError:
            continue


def test_unreadable_database_of_rpm_is_an_answer() -> None:
    """What a kill left of it is mended by converge, and does not end the look."""
    assert {"bash": "ok", "the database of rpm": "i!"} == InstalledPackages().process(
        ["ii |bash", "i! |the database of rpm"]
    )
