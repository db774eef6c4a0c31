"""Texts of DeepSpeed's report and of cuobjdump."""

from trueup.env.ds_report import DeepSpeedReport, OpReport, architectures, plain


def test_colours_are_stripped() -> None:
    """DeepSpeed colours its texts even into a pipe."""
    assert "[FAIL] nvcc missing" == plain("\x1b[91m [FAIL] nvcc missing \x1b[0m")


def test_architectures_are_read() -> None:
    """One line a piece of device code."""
    listing = "ELF file    1: a.1.sm_70.cubin\nELF file    2: a.2.sm_80.cubin\nELF file    3: b.sm_90a.cubin\n"

    assert {"sm_70", "sm_80", "sm_90a"} == architectures(listing)


def test_op_without_device_code_has_none() -> None:
    """A CPU op of the same name."""
    assert set() == architectures("cuobjdump info    : File 'x.so' does not contain device code\n")


def test_op_without_a_row_is_not_in_order() -> None:
    """A DeepSpeed that does not import has no rows at all."""
    assert OpReport(installed=False, compatible=False) == DeepSpeedReport(error="ImportError: x").op("fused_adam")
