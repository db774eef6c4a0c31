"""trueup.gpu.checks.driver: one driver, of the declared branch and flavour, that answers."""

from collections.abc import Callable

import pytest

from trueup.gpu.checks import driver
from trueup.gpu.errors import NoAnswer
from trueup.gpu.expected import ExpectedGpus
from trueup.gpu.schema import Probe

Probes = Callable[..., Probe]
ExpectedFactory = Callable[..., ExpectedGpus]
OPEN = "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.95.05  Release Build"


def module_section(version: str | None, loaded: list[str] | None = None) -> dict[str, object]:
    """The kernel module's own words."""
    return {"state": "looked", "value": {"version": version, "loaded": loaded}}


def test_proprietary_words() -> None:
    """The closed module names no flavour."""
    text = "NVRM version: NVIDIA UNIX x86_64 Kernel Module  470.82.01  Wed Oct 27 21:21:55 UTC 2021"

    assert ("470.82.01", "proprietary") == driver.module_version(text)


def test_open_words() -> None:
    """The open module says so."""
    assert ("580.95.05", "open") == driver.module_version(OPEN)


@pytest.mark.parametrize("text", ["", "nonsense", "NVRM version: NVIDIA UNIX"])
def test_other_words_are_not_guessed_at(text: str) -> None:
    """An unknown form is no version."""
    with pytest.raises(NoAnswer):
        driver.module_version(text)


def test_a_hung_driver_is_a_fault(probe: Probes, expectation: ExpectedFactory) -> None:
    """No answer in time is the answer, and every other check is blind."""
    hung = probe()
    hung = hung.model_copy(update={"nvml": hung.nvml.model_copy(update={"state": "hung", "after_s": 30.0})})

    assert driver.answers(hung, expectation()).problems("fault")
    assert driver.one_version(hung, expectation()).problems("blind")


def test_a_mismatch_is_a_fault_of_the_version(probe: Probes, expectation: ExpectedFactory) -> None:
    """NVML's error 18 is one clear verdict: the node was updated without a reboot."""
    found = probe(nvml={"init_error": "NVMLError_LibRmVersionMismatch: 18", "init_code": 18})

    assert "reboot" in str(driver.one_version(found, expectation()))
    assert not driver.answers(found, expectation()).problems("fault")


@pytest.mark.parametrize(("secure", "do"), [(True, "mokutil --import"), (False, "modprobe"), (None, "modprobe")])
def test_secure_boot_is_explained(secure: bool | None, do: str, probe: Probes, expectation: ExpectedFactory) -> None:
    """A module that the firmware refuses is loaded by no reboot and no modprobe."""
    module = {"state": "looked", "value": {"version": None, "loaded": [], "secure_boot": secure}}
    found = probe(nvml={"init_error": "NVMLError_DriverNotLoaded", "init_code": 9}, module=module)
    messages = [str(check(found, expectation())) for check in (driver.answers, driver.one_version)]

    assert [True, True] == [do in message for message in messages]


def test_no_library_is_a_fault(probe: Probes, expectation: ExpectedFactory) -> None:
    """A node without NVML has no driver."""
    found = probe(nvml={"init_error": "NVMLError_LibraryNotFound", "init_code": 12})

    assert not driver.answers(found, expectation()).passes


@pytest.mark.parametrize(
    ("module", "faults"),
    [
        (module_section(OPEN.replace("580.95", "590.48")), 2),
        (module_section(OPEN.replace("580.95", "580.65")), 1),
        (module_section(OPEN), 0),
        (module_section(None), 1),
    ],
)
def test_one_version(module: dict[str, object], faults: int, probe: Probes, expectation: ExpectedFactory) -> None:
    """The module's branch is the declared one, and its version is the userland's."""
    verdict = driver.one_version(probe(module=module), expectation())

    assert faults == len(verdict.problems("fault"))


def test_another_flavour(probe: Probes, expectation: ExpectedFactory) -> None:
    """Open modules where proprietary ones are declared."""
    assert not driver.flavour(probe(module=module_section(OPEN)), expectation()).passes


@pytest.mark.parametrize(("loaded", "kinds"), [(["nouveau"], ["fault"]), ([], []), (None, ["blind"])])
def test_nouveau(loaded: list[str] | None, kinds: list[str], probe: Probes, expectation: ExpectedFactory) -> None:
    """Loaded, not loaded, and not to be known."""
    found = driver.nouveau(probe(module=module_section(OPEN, loaded)), expectation()).findings

    assert kinds == [finding.kind for finding in found]
