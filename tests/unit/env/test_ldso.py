"""What ldd prints, and what comes from elsewhere."""

import pytest

from trueup.env.ldso import Loaded, parse
from trueup.env.probe import ProbeFailed

LINES = [
    "Welcome to node1",
    "var|LD_LIBRARY_PATH|/opt/old",
    "var|PATH|/usr/bin",
    "lib|\tlinux-vdso.so.1 (0x00007ffd)",
    "lib|\tlibcublas.so.11 => /opt/old/libcublas.so.11 (0x00007f1)",
    "lib|\tlibcudart.so.11.0 => /e/lib/libcudart.so.11.0 (0x00007f2)",
    "lib|\t/opt/old/libnccl.so.2 (0x00007f3)",
    "lib|\tlibgone.so => not found",
]


def test_foreign_libraries_are_named_with_their_path() -> None:
    """The message says which library would be taken, from where."""
    found = parse(LINES, "here").foreign("/e")

    assert ["/opt/old/libcublas.so.11", "/opt/old/libnccl.so.2"] == found


def test_other_libraries_do_not_count() -> None:
    """libc is never torch's own."""
    assert [] == Loaded({}, frozenset({"/lib/libc.so.6"})).foreign("/e")


@pytest.mark.parametrize("lines", [[], LINES[:3], LINES[3:]])
def test_half_an_answer_is_none(lines: list[str]) -> None:
    """Nothing found must not read as nothing wrong."""
    with pytest.raises(ProbeFailed):
        parse(lines, "here")
