"""Reading /proc/PID/maps."""

import hashlib
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from trueup.collective.node.mapped_libraries import hashes, libraries

MAPS = """\
7f0000000000-7f0000001000 r--p 00000000 fe:00 11 /opt/dis/lib/nvidia/nccl/lib/libnccl.so.2
7f0000001000-7f0000002000 r-xp 00001000 fe:00 11 /opt/dis/lib/nvidia/nccl/lib/libnccl.so.2
7f0000003000-7f0000004000 r-xp 00001000 fe:00 12 /opt/dis/lib/torch/lib/libcudart-9335f6a2.so.11.0
7f0000005000-7f0000006000 r-xp 00001000 fe:00 13 /opt/dis/lib/nvidia/cublas/lib/libcublasLt.so.11
7f0000007000-7f0000008000 rw-p 00000000 00:00 0
7f0000009000-7f000000a000 r-xp 00001000 fe:00 14 /usr/lib/x86_64-linux-gnu/libc.so.6
"""


def test_libraries_are_named_by_what_they_are() -> None:
    """Whatever the suffix: wheels carry them under hashes names."""
    wanted = {
        "libcudart": "/opt/dis/lib/torch/lib/libcudart-9335f6a2.so.11.0",
        "libnccl": "/opt/dis/lib/nvidia/nccl/lib/libnccl.so.2",
    }

    assert wanted == libraries(MAPS)


def test_two_files_of_one_library_are_both_kept() -> None:
    """A preloaded library lies over the one that belongs there."""
    line = "7f000000b000-7f000000c000 r-xp 00000000 fe:00 15 /usr/local/lib/libnccl.so.2\n"

    assert "/opt/dis/lib/nvidia/nccl/lib/libnccl.so.2 /usr/local/lib/libnccl.so.2" == libraries(MAPS + line)["libnccl"]


def test_hash_is_of_the_bytes(tmp_path: Path) -> None:
    """A version number may stand on other bytes."""
    library = tmp_path / "libnccl.so.2"
    library.write_bytes(b"nccl")

    assert {"libnccl": hashlib.sha256(b"nccl").hexdigest()} == hashes({"libnccl": str(library)})


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    """A map of another kernel never stops the job."""
    assert set(libraries(text)) <= {"libnccl", "libcudart", "libcublas"}
