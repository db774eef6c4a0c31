"""lab.gpu.build: packages named as a CUDA repository's, each of which says that it is a stand-in."""

import subprocess
from pathlib import Path

import pytest

from lab.gpu.build import ensure, rest_of
from lab.gpu.packages import PACKAGES, VERSIONS


@pytest.fixture(scope="module")
def debs() -> list[Path]:
    """All packages."""
    return ensure()


def test_every_package_of_every_version_is_there(debs: list[Path]) -> None:
    """Five packages, three versions of the driver."""
    expected = {f"{package.name_of(version)}_{version}-1_amd64.deb" for package in PACKAGES for version in VERSIONS}

    assert expected == {deb.name for deb in debs}


def test_every_package_says_that_it_is_a_stand_in(debs: list[Path]) -> None:
    """Nobody may take one for NVIDIA's."""
    command = ["dpkg-deb", "--field"]
    fields = [subprocess.run([*command, deb, "Description"], capture_output=True, check=True).stdout for deb in debs]

    assert all(field.startswith(b"A STAND-IN") for field in fields)


def test_a_second_call_builds_nothing(debs: list[Path]) -> None:
    """The packages are kept under the hash of their sources."""
    times = [deb.stat().st_mtime_ns for deb in debs]

    assert times == [deb.stat().st_mtime_ns for deb in ensure()]


def test_every_declared_function_has_an_answer() -> None:
    """What the stand-in does not know is NOT_SUPPORTED, which is 3."""
    header = (
        "nvmlReturn_t DECLDIR nvmlDeviceGetFanSpeed(nvmlDevice_t d);\nconst DECLDIR char* nvmlErrorString(int r);\n"
    )

    assert "int nvmlDeviceGetFanSpeed(void) { return 3; }" in rest_of(header)
    assert "nvmlErrorString" not in rest_of(header)
