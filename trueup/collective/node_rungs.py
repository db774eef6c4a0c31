"""The rungs that one node climbs alone: each reads the looks and yields what is broken on it."""

from collections.abc import Iterator

from trueup.collective.finding import CONVERGE, Context, Finding

# Each rank maps a few buffers of NCCL_BUFFSIZE (4 MiB) per channel and peer (NCCL documentation, NCCL_BUFFSIZE).
SHM_FREE_MIB = 64
# Kerberos gives up at minutes and logs are unreadable at seconds; the host room holds the clock to milliseconds.
CLOCK_S = 1.0


def answers(context: Context) -> Iterator[Finding]:
    """A node that did not look at all."""
    for here in context.members:
        look = context.looks.by_node[here.name]
        if isinstance(look, str):
            remedy = f"try it there: {here.python} -c 'import sys'; then {CONVERGE}"
            yield Finding("environment", here.name, None, "a node that answers", look, remedy)


def shm(context: Context) -> Iterator[Finding]:
    """Shared memory, in all and free."""
    for here, look in context.seen():
        if look.shm_total_mib < here.shm_mib * 0.95:
            wanted, found = f"{here.shm_mib} MiB of /dev/shm", f"{look.shm_total_mib} MiB"
            yield Finding("shared memory", here.name, None, wanted, found, CONVERGE)
        elif look.shm_free_mib < SHM_FREE_MIB:
            wanted, found = f"{SHM_FREE_MIB} MiB free in /dev/shm", f"{look.shm_free_mib} MiB"
            yield Finding("shared memory", here.name, None, wanted, found, "remove what lies there: ls -l /dev/shm")


def gpus(context: Context) -> Iterator[Finding]:
    """GPUs as NVML counts them."""
    for here, look in context.seen():
        unseen = isinstance(look.gpus, str) and not here.cuda
        if here.gpus and look.gpus != here.gpus and not unseen:
            found = f"{look.gpus} GPUs" if isinstance(look.gpus, int) else look.gpus
            remedy = "see nvidia-smi -L and the kernel log there (a GPU that fell off the bus needs a reboot)"
            yield Finding("GPUs", here.name, None, f"{here.gpus} GPUs, as declared", found, remedy)


def clock(context: Context) -> Iterator[Finding]:
    """A clock that is off by more than logs bear."""
    # Asked at once, so an answer lies between the question and the end of the look.
    low, high = context.looks.asked_at, context.looks.asked_at + context.looks.seconds
    for here, look in context.seen():
        off = max(low - look.clock, look.clock - high)
        if off > CLOCK_S:
            remedy = f"see chronyc tracking there; {CONVERGE}"
            yield Finding("clock", here.name, None, "the controller's time", f"{off:.1f} s off", remedy)
