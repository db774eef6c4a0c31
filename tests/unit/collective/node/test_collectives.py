"""How sizes and bandwidths are counted, and what is left out."""

import pytest

from trueup.collective.node.collectives import bus_factor, bytes_of, count_of, not_applicable


@pytest.mark.parametrize(
    ("operation", "factor"),
    [("all_reduce", 1.5), ("broadcast", 1.0), ("all_gather", 0.75), ("reduce_scatter", 0.75)],
)
def test_bus_bandwidth_is_nccl_tests(operation: str, factor: float) -> None:
    """Four ranks; nccl-tests, doc/PERFORMANCE.md."""
    assert factor == bus_factor(operation, 4)


def test_size_is_that_of_the_larger_buffer() -> None:
    """64 MiB gathered from four ranks are 16 MiB from each."""
    count = count_of("all_gather", "float32", 64 * 2**20, 4)

    assert (4 * 2**20, 64 * 2**20) == (count, bytes_of("all_gather", "float32", count, 4))


def test_no_operation_is_empty() -> None:
    """A size below one element is one element."""
    assert 1 == count_of("reduce_scatter", "int64", 4, 64)


@pytest.mark.parametrize(
    ("operation", "dtype", "backend", "torch", "bfloat16", "applies"),
    [
        ("reduce_scatter", "float32", "gloo", "2.0.1+cu117", True, False),
        ("reduce_scatter", "float32", "gloo", "2.8.0", True, True),
        ("reduce_scatter", "float32", "nccl", "2.0.1+cu117", True, True),
        ("all_reduce", "bfloat16", "nccl", "2.0.1+cu117", False, False),
        ("all_reduce", "bfloat16", "nccl", "2.0.1+cu117", True, True),
        ("all_reduce", "float16", "gloo", "2.0.1+cu117", False, True),
    ],
)
def test_only_documented_limits_leave_an_operation_out(
    operation: str, dtype: str, backend: str, torch: str, bfloat16: bool, applies: bool
) -> None:
    """Never a failure that was swallowed."""
    assert applies == (not_applicable(operation, dtype, backend, torch, bfloat16) is None)
