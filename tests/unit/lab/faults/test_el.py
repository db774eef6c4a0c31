"""The breaks of the node of EL shape."""

from lab.faults.catalogue import catalogue, named
from lab.faults.el import NODE, YUM, fits, of_the_mixed_lab


def test_there_are_enough() -> None:
    """At least 25 on that node that converge heals; in yum's words at least ten."""
    healed = [each for each in of_the_mixed_lab() if each.heals]

    assert (True, True) == (len(healed) >= 25, len(YUM) >= 10)
    assert {NODE} == {each.node for each in of_the_mixed_lab()}


def test_no_word_of_debian_is_among_them() -> None:
    """apt on a node of EL shape would break the Debian underneath, which nobody looks at."""
    lines = [line for each in of_the_mixed_lab() for line in (*each.breaks, each.shows, *each.mends)]

    assert [] == [line for line in lines if "apt-get" in line or "dpkg" in line]


def test_some_of_the_catalogue_are_left_out() -> None:
    """Those in Debian's words, and those of node1."""
    left = [each.name for each in catalogue().values() if not fits(each)]

    assert {"host-package-half-installed", "time-stopped"} <= set(left)


def test_they_are_found_by_name() -> None:
    """`trueup lab break el-package-erased` works, and mend finds it again."""
    assert YUM[0] == named("el-package-erased")


def test_nvcc_is_told_of_no_compiler_here() -> None:
    """This node's own one is old enough: a build goes on where that line is lost."""
    (found,) = (each for each in of_the_mixed_lab() if each.name == "cuda-home-lost")

    assert ("cuda/build_finds_the_toolkit[ssh command, root]",) == found.reds
