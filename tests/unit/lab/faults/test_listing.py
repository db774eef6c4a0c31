"""lab.faults.listing: what a person chooses a break by."""

import pytest

from lab.faults.catalogue import catalogue
from lab.faults.listing import line


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (
            "access-home-group-writable",
            "access-home-group-writable (node2, mended by converge)\n"
            "    A shared umask of 002.\n"
            "    seen by access/home_is_closed_to_other_writers[root]",
        ),
        (
            "control-cuda-toolkit-beside",
            "control-cuda-toolkit-beside (node2, mended by trueup lab mend)\n"
            "    Another job needs a later toolkit, under its own name.\n"
            "    seen by cuda/only_the_declared_toolkit_is_there (a note)",
        ),
        (
            "control-host-fstab-other",
            "control-host-fstab-other (node1, mended by trueup lab mend)\n"
            "    A data disk was added.\n"
            "    seen by nobody",
        ),
    ],
)
def test_a_break_says_what_happened_and_who_sees_it(name: str, shown: str) -> None:
    """A name alone is a riddle."""
    assert shown == line(catalogue()[name])
