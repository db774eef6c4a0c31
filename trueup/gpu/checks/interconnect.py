"""What connects the GPUs: the PCIe link and, where one is declared, the NVLink bridge."""

from trueup.gpu.expected import ExpectedGpus
from trueup.gpu.findings import RESEAT, Findings, each_gpu, fault, note
from trueup.gpu.schema import Gpu


@each_gpu
def width(gpu: Gpu, declared: ExpectedGpus) -> Findings:
    """All lanes are up; a half-seated card trains at x8 and halves every transfer."""
    found = gpu.width.known()
    if found != declared.pcie_width:
        most = f" (card and slot could do x{gpu.width_max.v})" if gpu.width_max.v else ""
        yield fault(
            f"PCIe x{declared.pcie_width}", f"x{found}{most}", f"{RESEAT}, or declare gpu_pcie if the slot is so"
        )


@each_gpu
def generation(gpu: Gpu, declared: ExpectedGpus) -> Findings:
    """The link can reach its generation, and has, while at P0: an idle link trains down to save power."""
    expected = f"PCIe generation {declared.pcie_generation}"
    most, state = gpu.generation_max.known(), gpu.pstate.known()
    if most < declared.pcie_generation:
        yield fault(expected, f"at most {most} here", "see the slot's setting in the BIOS, or declare gpu_pcie")
    elif state == 0 and gpu.generation.known() < declared.pcie_generation:
        yield fault(f"{expected} at P0", gpu.generation.v, RESEAT)


@each_gpu
def replays(gpu: Gpu, declared: ExpectedGpus) -> Findings:
    """No packet had to be sent again while the probe looked; a growing count is a poor contact."""
    grown = gpu.replays_again.known() - gpu.replays.known()
    if grown > 0:
        yield note("no PCIe replays during the look", f"{grown} (of {gpu.replays_again.v} since boot)", RESEAT)


@each_gpu
def bridge(gpu: Gpu, declared: ExpectedGpus) -> Findings:
    """An NVLink bridge where one is declared, none where none is, and no errors on it."""
    links = gpu.links.known()
    active = sum(map(bool, links))
    if declared.nvlink and not active:
        yield fault("an NVLink bridge", f"0 of {len(links)} links active", "reseat the bridge, or mend gpu_nvlink")
    if not declared.nvlink and active:
        yield fault("no NVLink bridge", f"{active} links active", "mend gpu_nvlink in inventory.py")
    if declared.nvlink and 0 < active < len(links):
        yield note(f"all {len(links)} links active", active, "see whether a bridge is missing")
    if active and gpu.link_errors.v != 0:
        found = gpu.link_errors.v or gpu.link_errors.error or gpu.link_errors.unsupported
        yield note("no NVLink errors since boot", found, "reseat the bridge if the count grows")
