"""What the node says of the toolkit and of ld.so."""

import pytest
from pyinfra.api.exceptions import FactProcessError

from deploy.facts.cuda import CudaToolkit, LoaderEntry, LoaderState, ToolkitState


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["release 11.8", "link /usr/local/cuda-11.8"], CudaToolkit("11.8", "/usr/local/cuda-11.8")),
        (["link folder"], CudaToolkit("", "folder")),
        (["release ", "link /usr/local/cuda-12.1"], CudaToolkit("", "/usr/local/cuda-12.1")),
        ([], CudaToolkit("", "")),
    ],
)
def test_toolkit(lines: list[str], expected: CudaToolkit) -> None:
    """An nvcc that does not answer has no release."""
    assert expected == ToolkitState().process(lines)


def test_loader() -> None:
    """A folder that others use as well says so."""
    actual = LoaderState().process(
        ["preload|/opt/old/libcublas.so.11", "entry|/etc/ld.so.conf.d/x.conf|/opt/old|libcublas.so.11|libz.so.1", "end"]
    )

    assert LoaderEntry("/etc/ld.so.conf.d/x.conf", "/opt/old", "libcublas.so.11", "libz.so.1") == actual.entries[0]


def test_loader_that_broke_off() -> None:
    """Half an answer is none."""
    with pytest.raises(FactProcessError):
        LoaderState().process(["preload|/opt/old/libcublas.so.11"])
