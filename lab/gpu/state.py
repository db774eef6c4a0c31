"""The text file that a lab node's simulated GPUs are told from, and shell lines that change it."""

from shlex import quote
from uuid import NAMESPACE_URL, uuid5

from trueup.compat import GpuModel, gpu_models
from trueup.gpu import PCIE_GENERATION

CONF = "/etc/trueup-lab/gpus.conf"
HEADING = "# A STAND-IN: the simulated GPUs of trueup's lab; no GPU is behind them."
# Firmware versions as such cards show them; no check rests on these very ones.
_VBIOS = {"Volta": "88.00.98.00.01", "Turing": "90.04.96.00.02", "Ampere": "92.00.25.00.08"}
_INFOROM = {"Volta": "G500.0212.00.02", "Ampere": "1001.0200.00.03"}
MIB = 1 << 20
COUNT = 2
MODELS = ("v100s-pcie-32gb", "a100-pcie-40gb")


def gpu_lines(model: GpuModel, index: int, node: str) -> dict[str, str]:
    """One healthy, idle GPU of the model: every line that the stand-in can be asked for."""
    uuid = uuid5(NAMESPACE_URL, f"trueup-lab/{node}/{model.model}/{index}")
    generation = str(PCIE_GENERATION[model.architecture])
    lines = {
        "name": f"{model.name} (simulated)",
        "uuid": f"GPU-{uuid}",
        "serial": str(uuid.int % 10**13).zfill(13),
        "vbios": _VBIOS.get(model.architecture, "96.00.61.00.01"),
        "inforom": _INFOROM.get(model.architecture, "G520.0200.00.05"),
        "inforom_valid": "1",
        "pci": f"00000000:{0x3B + 0x20 * index:02X}:00.0 0x{model.pci_device_id}10de",
        "capability": "{} {}".format(*model.sm),
        "persistence": "daemon",
        "ecc_mode": "1 1",
        "ecc_volatile": "0",
        "memory": f"{model.memory_mib * MIB} {4 * MIB}",
        "processes": "none",
        "width": "16",
        "width_max": "16",
        "generation": generation,
        "generation_max": generation,
        "pstate": "0",
        "replays": "0",
        "event_reasons": "0x1",
        "throttle_reasons": "0x1",
        "clock_sm": str(model.max_sm_mhz),
        "clock_memory": str(model.max_memory_mhz),
        "power_limit": str(model.power_w * 1000),
        "power_default": str(model.power_w * 1000),
    }
    return lines | _repair(model)


def _repair(model: GpuModel) -> dict[str, str]:
    """What this model keeps account of; asked for the other, the stand-in says NOT_SUPPORTED as the card would."""
    if model.memory_repair == "row_remapping":
        return {"remapped": "0 0 0 0", "sram": "0", "links": "12 0 0"}
    return {"retired": "0 0", "retired_pending": "0", "sram_parts": "0 0 0"}


def conf_for(model: str, count: int, node: str = "") -> str:
    """The whole file for a node with so many healthy GPUs; raises KeyError for an unknown model."""
    found = gpu_models()[model]
    lines = [HEADING, "cuda 13000", f"count {count}"]
    for index in range(count):
        lines += [f"{index}.{key} {value}" for key, value in gpu_lines(found, index, node).items()]
    return "\n".join([*lines, ""])


def model_of(node: str) -> str:
    """The model of a lab node, as lab/inventory.py declares it: odd numbers have A100s, even ones V100S."""
    return MODELS[int(node.removeprefix("node")) % 2]


def uuids(node: str) -> str:
    """The UUIDs of a lab node's cards, as an inventory records them."""
    model = gpu_models()[model_of(node)]
    return ",".join(gpu_lines(model, index, node)["uuid"] for index in range(COUNT))


def healthy(node: str) -> str:
    """A shell line, for the node, that writes its file as it was born."""
    return write(conf_for(model_of(node), COUNT, node))


def born(node: str) -> str:
    """The same where there is no file yet."""
    return f"[ -e {CONF} ] || {{ {healthy(node)}; }}"


def put(key: str, value: str) -> str:
    """A shell line, for the node, that gives a key of the file that value; no value takes the key out."""
    old = quote(f"/^{key.replace('.', chr(92) + '.')} /d")
    add = f" && printf '%s\\n' {quote(f'{key} {value}')} >> {CONF}" if value else ""
    return f"sed -i {old} {CONF}{add}"


def write(text: str) -> str:
    """A shell line, for the node, that writes the file."""
    return f"mkdir -p /etc/trueup-lab && printf %s {quote(text)} > {CONF}"
