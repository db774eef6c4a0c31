"""Which GPUs these are: number, model, the recorded cards, their firmware."""

from trueup.gpu.expected import ExpectedGpus
from trueup.gpu.findings import RESEAT, Findings, answering, blind, each_gpu, fault, whole_node
from trueup.gpu.schema import Gpu, Probe


@whole_node
def count_and_model(probe: Probe, declared: ExpectedGpus) -> Findings:
    """As many GPUs as declared, every one reachable and of the declared PCI device id (NVIDIA is 10de)."""
    nvml = answering(probe)
    count = nvml.count.known()
    if count != declared.count:
        on_bus = probe.pci.value.devices if probe.pci.value else ()
        yield fault(
            f"{declared.count} x {declared.model}",
            f"{count} that the driver shows, {len(on_bus)} on the PCI bus",
            f"mend the node's gpus in inventory.py if that is what it has; otherwise {RESEAT}",
        )
    for gpu in nvml.gpus:
        if gpu.gone is not None:
            yield fault("a GPU that answers", gpu.gone, RESEAT).at(gpu.where)
        elif gpu.pci_id.known() != declared.device_id:
            found = f"{gpu.pci_id.v} ({gpu.name.v})"
            yield fault(f"device {declared.device_id} ({declared.model})", found, "mend gpus in inventory.py").at(
                gpu.where
            )


@whole_node
def uuids(probe: Probe, declared: ExpectedGpus) -> Findings:
    """Exactly the recorded cards: a swapped one brings its own history of errors."""
    found = {gpu.uuid.known() for gpu in answering(probe).gpus if gpu.gone is None}
    for gone in sorted(set(declared.uuids) - found):
        yield fault(f"the recorded {gone}", "it is not there", "record the new card in gpu_uuids, or put it back")
    for new in sorted(found - set(declared.uuids)):
        yield fault("only recorded cards", f"{new}, not recorded", "record it in gpu_uuids, or take it out")


@whole_node
def vbios(probe: Probe, declared: ExpectedGpus) -> Findings:
    """One VBIOS on all GPUs of a node, the declared one where one is declared."""
    gpus = answering(probe).gpus
    for gpu in gpus:
        if gpu.gone is not None:
            yield blind(gpu.gone).at(gpu.where)
    found = {gpu.where: gpu.vbios.known() for gpu in gpus if gpu.gone is None}
    if not gpus:
        yield blind("no GPU to look at")
    versions = sorted(set(found.values()))
    expected = declared.vbios or max(versions, key=list(found.values()).count, default="one version")
    for where, version in found.items():
        if version != expected:
            source = "declared" if declared.vbios else "that of its neighbours"
            yield fault(f"VBIOS {expected} ({source})", version, "have the vendor flash the wanted VBIOS onto it").at(
                where
            )


@each_gpu
def inforom(gpu: Gpu, declared: ExpectedGpus) -> Findings:
    """A valid infoROM: it holds the card's error history, and the driver reads it at start."""
    if gpu.inforom_valid.error and "CorruptedInforom" in gpu.inforom_valid.error:
        yield fault("a valid infoROM", gpu.inforom_valid.error, "drain the node and have this GPU replaced")
        return
    gpu.inforom_valid.known()
