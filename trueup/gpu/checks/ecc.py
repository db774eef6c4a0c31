"""The memory of the GPUs. Thresholds are NVIDIA's own for replacing a card, as DCGM and Azure apply them."""

from trueup.gpu.expected import ExpectedGpus
from trueup.gpu.findings import REBOOT, REPLACE, Findings, each_gpu, fault, note
from trueup.gpu.schema import Gpu

# NVIDIA, GPU memory error management: 512 remappings are all that a GPU has (8 in any one bank).
REMAPPED_ROWS_END = 512
# NVIDIA, dynamic page retirement: 64 entries in the infoROM; Azure warns from 15 on and rejects from 63 on.
RETIRED_PAGES_WARN, RETIRED_PAGES_END = 15, 63
# NVIDIA's RMA guideline for SRAM: more than 4 uncorrected errors in a card's life.
SRAM_MOST = 4


@each_gpu
def mode(gpu: Gpu, declared: ExpectedGpus) -> Findings:
    """ECC is on and stays on after the next reboot: without it a flipped bit is a silent wrong result."""
    current, pending = gpu.ecc_mode.known()
    if (current, pending) != (1, 1):
        words = {0: "off", 1: "on"}
        found = f"now {words.get(current, current)}, after a reboot {words.get(pending, pending)}"
        yield fault("ECC on, now and after a reboot", found, f"nvidia-smi -e 1 on the node, then {REBOOT}")


@each_gpu
def volatile(gpu: Gpu, declared: ExpectedGpus) -> Findings:
    """No uncorrected ECC error since the driver was loaded."""
    errors = gpu.ecc_volatile.known()
    if errors:
        yield fault(
            "0 uncorrected ECC errors since boot",
            errors,
            f"drain the node, {REBOOT}; have this GPU replaced if they come back",
        )


@each_gpu
def remapped_rows(gpu: Gpu, declared: ExpectedGpus) -> Findings:
    """Ampere and later: no remapping failed or waits for a reset, and spare rows are left."""
    _, uncorrectable, pending, failure = gpu.remapped.known()
    if failure:
        yield fault("no failed row remapping", "one failed", REPLACE)
    if pending:
        yield fault("no row remapping pending", "one waits for a reset", f"drain the node and {REBOOT}")
    if uncorrectable >= REMAPPED_ROWS_END:
        expected = f"fewer than {REMAPPED_ROWS_END} rows remapped after uncorrectable errors"
        yield fault(expected, uncorrectable, REPLACE)


@each_gpu
def retired_pages(gpu: Gpu, declared: ExpectedGpus) -> Findings:
    """Before Ampere: no page waits to be retired, and the table is far from full."""
    if gpu.retired_pending.known():
        yield fault("no page pending retirement", "one waits for a reset", f"drain the node and {REBOOT}")
    pages = sum(gpu.retired.known())
    if pages >= RETIRED_PAGES_END:
        yield fault(f"fewer than {RETIRED_PAGES_END} retired pages", pages, REPLACE)
    elif pages >= RETIRED_PAGES_WARN:
        yield note(f"fewer than {RETIRED_PAGES_WARN} retired pages", pages, "plan to have this GPU replaced")


@each_gpu
def sram(gpu: Gpu, declared: ExpectedGpus) -> Findings:
    """At most a few uncorrected errors of on-chip memory in the card's life: those cannot be mapped away."""
    errors = gpu.sram.known()
    if errors > SRAM_MOST:
        yield fault(f"at most {SRAM_MOST} uncorrected SRAM errors in its life", errors, REPLACE)
