"""Faults of the simulated GPUs: one line of the stand-in's file each. Converge cannot repair hardware."""

from lab.faults.common import JOB, UNDER_LOAD
from lab.faults.fault import Fault
from lab.gpu.state import CONF, MODELS, gpu_lines, healthy, put
from trueup.compat import gpu_models

# The checks of every GPU; unknown where one GPU, or NVML as a whole, gives no answer.
OF_EACH = (
    "driver/persistence_is_on",
    "driver/vbios_is_one_version",
    "driver/inforom_is_valid",
    "driver/ecc_is_on",
    "driver/volatile_ecc_is_zero",
    "driver/remapped_rows",
    "driver/sram_errors",
    "driver/pcie_width",
    "driver/pcie_generation_at_p0",
    "driver/pcie_replays_do_not_grow",
    "driver/no_slowdown",
    "driver/clocks_and_power_limit",
    "driver/no_stray_process",
    "driver/nvlink_bridge_is_as_declared",
)
OF_ALL = ("driver/gpus_are_as_declared", "driver/gpus_are_the_recorded_cards", *OF_EACH)


# The lab's V100S retire pages, and have no bridge declared.
OF_ALL_V100S = (
    *(check for check in OF_ALL if check not in {"driver/remapped_rows", "driver/nvlink_bridge_is_as_declared"}),
    "driver/retired_pages",
)
_ALL_OF_EACH = (*OF_EACH, *UNDER_LOAD)
_DECLARED = "gpus_are_as_declared"
_RECORDED = ("driver/gpus_are_the_recorded_cards",)


def check_id(name: str) -> str:
    """With its component, which is this one where none is given."""
    return name if "/" in name else f"driver/{name}"


def line(
    name: str,
    cause: str,
    key: str,
    value: str,
    red: str = "",
    *,
    node: str = "node1",
    unknown_checks: tuple[str, ...] = (),
    notes: tuple[str, ...] = (),
    too: str = "",
) -> Fault:
    """Return a fault of one line. too: a check that fails by it while the job runs."""
    # A card that is gone is a recorded one.
    missing = red == _DECLARED and key != "0.pci"
    follows = (*(_RECORDED if missing else ()), *((too,) if too else ()))
    return Fault(
        name=name,
        cause=cause,
        node=node,
        inject=(put(key, value),),
        verify=f"grep -qxF '{key} {value}' {CONF}",
        failing_checks=(check_id(red), *follows) if red else (),
        reasons=("the missing card is one of those recorded" if missing else "the job is slowed down as well",)
        * len(follows),
        unknown_checks=unknown_checks,
        notes=tuple(map(check_id, notes)),
        converge_repairs=False,
        undo=(healthy(node),),
        # Whatever else is wrong with a missing card is not seen.
        rebuilds=("driver",) if missing else (),
        exclusive_resources=(key,),
    )


_REMAPS, _RETIRES = "remapped_rows", "retired_pages"
_GENERATION, _SLOW = "pcie_generation_at_p0", "no_slowdown"
_PACE, _REPLAYS = UNDER_LOAD
_A100_80GB = "0x20b510de"
_THIRD = gpu_lines(gpu_models()[MODELS[1]], 2, "node1")

FAULTS = (
    line("gpu-one-missing", "A card was taken out and not put back.", "count", "1", _DECLARED),
    Fault(
        name="gpu-one-more",
        cause="A card was put in, and nobody declared it.",
        node="node1",
        inject=(*(put(f"2.{key}", value) for key, value in _THIRD.items()), put("count", "3")),
        verify=f"grep -qxF 'count 3' {CONF}",
        failing_checks=(f"driver/{_DECLARED}", *_RECORDED),
        reasons=("the new card is none of those recorded",),
        converge_repairs=False,
        undo=(healthy("node1"),),
        exclusive_resources=("count",),
    ),
    Fault(
        name="gpu-none-left",
        cause="The slot's power cable came off.",
        node="node1",
        inject=(put("count", "0"),),
        verify=f"grep -qxF 'count 0' {CONF}",
        failing_checks=(f"driver/{_DECLARED}", *_RECORDED, *JOB),
        reasons=("the missing cards are those recorded", *["no job is begun without a GPU"] * len(JOB)),
        unknown_checks=OF_EACH,
        converge_repairs=False,
        undo=(healthy("node1"),),
        rebuilds=("driver",),
        exclusive_resources=("count",),
    ),
    line(
        "gpu-off-the-bus", "A card got too hot and fell off.", "1.handle", "!15", _DECLARED, unknown_checks=_ALL_OF_EACH
    ),
    line(
        "gpu-vanishes", "It fell off while being asked.", "1.vanish_after", "9", _DECLARED, unknown_checks=_ALL_OF_EACH
    ),
    line(
        "gpu-another-model",
        "A card was replaced by another model.",
        "0.pci",
        f"00000000:3B:00.0 {_A100_80GB}",
        _DECLARED,
    ),
    line(
        "gpu-swapped",
        "A card was swapped with another node's, and nobody said so.",
        "1.uuid",
        "GPU-00000000-0000-4000-8000-000000000001",
        "gpus_are_the_recorded_cards",
    ),
    line("gpu-bridge", "A bridge was plugged in.", "0.links", "12 4 0", "nvlink_bridge_is_as_declared"),
    line(
        "gpu-driver-mismatch",
        "The driver's userland was updated without a reboot.",
        "init",
        "!18",
        "module_and_userland_are_one_version",
        unknown_checks=("driver/nvml_answers", *OF_ALL, *UNDER_LOAD),
    ),
    line(
        "gpu-call-hangs",
        "The driver waits for a GPU that answers no more.",
        "0.pstate",
        "hang",
        "nvml_answers",
        unknown_checks=("driver/module_and_userland_are_one_version", *OF_ALL),
    ),
    line("gpu-uncorrected-ecc", "A bit of memory died under load.", "0.ecc_volatile", "1", "volatile_ecc_is_zero"),
    line("gpu-ecc-off", "Somebody wanted 6 % more memory.", "0.ecc_mode", "0 0", "ecc_is_on"),
    line("gpu-ecc-off-soon", "nvidia-smi -e 0, and no reboot yet.", "0.ecc_mode", "1 0", "ecc_is_on"),
    line("gpu-remap-pending", "A row is to be replaced at the next reset.", "0.remapped", "0 1 1 0", _REMAPS),
    line("gpu-remap-failed", "No spare row was left in that bank.", "0.remapped", "0 1 0 1", _REMAPS),
    line("gpu-remaps-used-up", "Memory dies slowly.", "0.remapped", "0 512 0 0", _REMAPS),
    line("gpu-pages-15", "Memory dies slowly.", "0.retired", "0 15", node="node2", notes=(_RETIRES,)),
    line("gpu-pages-62", "Memory dies slowly.", "0.retired", "30 32", node="node2", notes=(_RETIRES,)),
    line("gpu-pages-63", "Memory has died slowly.", "0.retired", "30 33", _RETIRES, node="node2"),
    line("gpu-page-pending", "A page waits for a reset.", "0.retired_pending", "1", _RETIRES, node="node2"),
    line("gpu-sram", "On-chip memory wears out.", "0.sram", "5", "sram_errors"),
    line("gpu-sram-volta", "The same, counted by part.", "1.sram_parts", "2 2 1", "sram_errors", node="node2"),
    line("gpu-width-x8", "A card was not pushed in all the way.", "1.width", "8", "pcie_width"),
    line("gpu-generation-1", "A poor contact: the link stays slow under load.", "0.generation", "1", _GENERATION),
    line("gpu-slot-generation-3", "The BIOS was set to its defaults.", "0.generation_max", "3", _GENERATION),
    line("gpu-replays", "A poor contact.", "0.replays", "5+", notes=("pcie_replays_do_not_grow", _REPLAYS)),
    line("gpu-hot", "A fan stopped.", "0.event_reasons", "0x41", _SLOW, too=_PACE),
    line(
        "gpu-power-brake", "One power supply of two failed.", "0.event_reasons", "0x80", _SLOW, node="node2", too=_PACE
    ),
    line("gpu-clock-lowered", "Clocks locked for a test.", "0.clock_sm", "1200", "clocks_and_power_limit"),
    line("gpu-power-lowered", "nvidia-smi -pl 150.", "0.power_limit", "150000", "clocks_and_power_limit"),
    line("gpu-persistence-off", "nvidia-smi -pm 0.", "0.persistence", "0", "persistence_is_on"),
    line("gpu-vbios", "A spare part with other firmware.", "1.vbios", "92.00.25.00.09", "vbios_is_one_version"),
    line("gpu-inforom", "Power failed while it was written.", "0.inforom_valid", "!14", "inforom_is_valid"),
    line("gpu-stray-process", "A rank outlived its job.", "0.processes", "4711", "no_stray_process"),
    line(
        "gpu-memory-leak",
        "A dead process' memory was never freed.",
        "0.memory",
        f"{40960 << 20} {512 << 20}",
        "no_stray_process",
    ),
    line("control-gpu-pages-14", "An old card.", "0.retired", "4 10", node="node2"),
    line("control-gpu-remaps-few", "An old card.", "0.remapped", "3 2 0 0"),
    line("control-gpu-sram-4", "An old card.", "0.sram", "4"),
    line("control-gpu-power-cap", "A GPU at its power limit.", "0.event_reasons", "0x5"),
    line("control-gpu-function-missing", "A driver of before 535.", "0.event_reasons", "!13"),
    Fault(
        name="control-gpu-generation-1-at-p8",
        cause="An idle link trains down to save power.",
        node="node1",
        inject=(put("0.generation", "1"), put("0.pstate", "8")),
        verify=f"grep -qxF '0.pstate 8' {CONF}",
        failing_checks=(),
        converge_repairs=False,
        undo=(healthy("node1"),),
        exclusive_resources=("0.generation", "0.pstate"),
    ),
)
