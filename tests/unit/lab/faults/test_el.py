"""Tests of the faults of a node of EL shape."""

import re

from lab.fault_coverage.applicable import faults_for
from lab.faults.catalogue import named
from lab.faults.el import FAULTS

# Commands and files that only a Debian node has.
DEBIAN = re.compile(r"\b(apt|apt-get|apt-mark|dpkg|dpkg-query|systemctl \w+ chrony)\b|/etc/apt/|/etc/chrony/|g\+\+-11")


def test_there_are_enough() -> None:
    """At least 25 on that node are repaired by converge; at least ten are caused by rpm, dnf or yum."""
    repaired = [fault for fault in faults_for("mixed") if fault.converge_repairs]

    assert (True, True) == (len(repaired) >= 25, len(FAULTS) >= 10)


def test_none_uses_commands_of_debian() -> None:
    """apt on a node of EL shape would change the Debian underneath, which no check sees."""
    lines = [line for fault in faults_for("mixed") for line in (*fault.inject, fault.verify, *fault.undo, *fault.plan)]

    assert [] == [line for line in lines if DEBIAN.search(line)]


def test_named_knows_them() -> None:
    """`trueup lab inject el-package-erased` works, and undo finds it again."""
    assert FAULTS[0] == named("el-package-erased")
