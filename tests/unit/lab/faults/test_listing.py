"""lab.faults.listing: what a person chooses a fault by."""

import pytest

from lab.faults.catalogue import catalogue
from lab.faults.listing import line


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (
            "access-home-group-writable",
            "access-home-group-writable (node2; converge repairs it)\n"
            "    A shared umask of 002.\n"
            "    caught by access/home_is_closed_to_other_writers[root]",
        ),
        (
            "control-cuda-toolkit-beside",
            "control-cuda-toolkit-beside (node2 on debian-11, debian-12, el; trueup lab undo)\n"
            "    Another job needs a later toolkit, under its own name.\n"
            "    caught by cuda/only_the_declared_toolkit_is_there (a note)",
        ),
        (
            "control-host-fstab-other",
            "control-host-fstab-other (node1; trueup lab undo)\n    A data disk was added.\n    caught by no check",
        ),
    ],
)
def test_a_fault_says_what_happened_and_which_check_catches_it(name: str, shown: str) -> None:
    """The list is enough to choose a fault by."""
    assert shown == line(catalogue()[name])
