"""The catalogue of GPU models."""

from trueup.compat.gpu_catalogue import GpuModel, gpu_models
from trueup.compat.tables.loader import table


def test_the_fleet_of_the_guide_is_known() -> None:
    """Its two models differ in everything that decides: architecture, bf16, how memory is repaired."""
    a100, v100s = gpu_models()["a100-pcie-40gb"], gpu_models()["v100s-pcie-32gb"]

    assert [((8, 0), True, "row_remapping", "20f1"), ((7, 0), False, "page_retirement", "1df6")] == [
        (gpu.sm, gpu.bf16, gpu.memory_repair, gpu.pci_device_id) for gpu in (a100, v100s)
    ]


def test_names_and_device_ids_are_unique() -> None:
    """A device id names one model, or the probe could not tell two models apart."""
    rows = table("gpus", GpuModel).rows

    for what in ("model", "name", "pci_device_id"):
        assert len(rows) == len({getattr(row, what) for row in rows}), what


def test_clocks_cite_described_sources() -> None:
    """A clock that nobody can look up is not in the table."""
    found = table("gpus", GpuModel)

    assert {row.clocks_source for row in found.rows} | {row.source for row in found.rows} == set(found.sources)


def test_bf16_begins_at_capability_8() -> None:
    """Native bf16 came with Ampere (NVIDIA's architecture matrix)."""
    assert {True} == {row.bf16 == (row.sm >= (8, 0)) for row in gpu_models().values()}
