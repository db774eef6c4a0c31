"""Which compiler nvcc gets."""

import pytest

from trueup.platforms.compilers import OWN_COMPILER, NoCompiler, host_compiler
from trueup.platforms.model import Distro
from trueup.platforms.table import DISTROS, distro_of


def test_debian_12_needs_an_older_one() -> None:
    """nvcc 11.8 refuses gcc 12."""
    assert "g++-11" == host_compiler(distro_of("debian", "12"), "11.8").package


def test_own_compiler_serves_where_it_is_within_bounds() -> None:
    """Nothing is installed that need not be."""
    assert OWN_COMPILER == host_compiler(distro_of("rocky", "9.3"), "11.8")


def test_el_7_takes_a_toolset() -> None:
    """gcc 4.8.5 is too old for nvcc 11.7 with torch's headers; 9 is what the guide's time built with."""
    found = host_compiler(distro_of("centos", "7"), "11.7")

    assert ("devtoolset-9-gcc-c++", "/opt/rh/devtoolset-9/root/usr/bin/g++") == (found.package, found.cxx)


def test_no_compiler_is_said() -> None:
    """Debian 13 has none that nvcc 11.8 takes; the message says what it has."""
    with pytest.raises(NoCompiler, match="below 12; debian 13 has 14"):
        host_compiler(distro_of("debian", "13"), "11.8")


@pytest.mark.parametrize("distro", DISTROS, ids=lambda distro: f"{distro.id}-{distro.version}")
def test_every_distribution_has_one_for_some_toolkit(distro: Distro) -> None:
    """A gap in the table would be found by the first owner of such a machine."""
    assert host_compiler(distro, "12.4" if distro.version == "13" else "11.7").cc
