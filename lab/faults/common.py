"""What several components' faults share: checks that fail together, and commands."""

from lab.faults.fault import NodeKind

# Where a fault changes what Debian's packages bring.
DEBIAN: tuple[NodeKind, ...] = ("debian-11", "debian-12", "debian-13")
# Where a fault names a version of the standard stack: Debian 13 has a newer one.
WITH_STANDARD_STACK: tuple[NodeKind, ...] = ("debian-11", "debian-12", "el")
# Where the compiler that nvcc takes is a package of its own.
DEBIAN_12: tuple[NodeKind, ...] = ("debian-12",)
ENV = "/opt/anaconda3/envs/dis"
SITE = f"{ENV}/lib/python3.11/site-packages"
DIFFER = "env/wheels_are_the_same_on_all_nodes"
TERMINALS = ("login shell, root", "login shell, train", "interactive shell, root", "interactive shell, train")
INHERITED = "that way reads the file, too"
OTHERS = "the other node has it not"


def locked(wheel: str) -> str:
    """Return the check of a wheel's version."""
    return f"env/wheel_is_the_locked_one[{wheel}]"


def whole(wheel: str) -> str:
    """Return the check of a wheel's files."""
    return f"env/wheel_is_whole[{wheel}]"


def another_byte(path: str, by: int = 1) -> str:
    """Return a shell line that adds to the last byte of a file, and changes nothing else."""
    return (
        f"f={path}; n=$(($(stat -c %s $f) - 1)); b=$(tail -c 1 $f | od -An -tu1); "
        f'printf "\\\\$(printf %03o $(( (b + {by} + 256) % 256 )))" | dd of=$f bs=1 seek=$n conv=notrunc status=none'
    )


def to(account: str, source: str, target: str) -> tuple[str, str]:
    """Both ways in which a node is reached from the other one."""
    edge = f"[{account}-{source}-{target}]"
    return (f"access/node_reaches_node{edge}", f"access/node_reaches_node_by_address{edge}")


# What is asked of the GPUs while the fleet's job runs.
UNDER_LOAD = ("allreduce/gpus_keep_their_pace", "allreduce/pcie_replays_do_not_grow_under_the_job")
# Nodes that differ in what must be one are told so by the job as well.
ENDS = "allreduce/job_ends_well_on_every_rank"
TRAINING = "training/every_rank_learns_what_one_process_learns"
# What a job that does not begin cannot show.
JOB = (
    ENDS,
    "allreduce/every_rank_takes_part",
    "allreduce/backend_is_the_declared_one",
    *(
        f"allreduce/results_are_exact_on_every_rank[{one}]"
        for one in ("all_gather", "all_reduce", "broadcast", "reduce_scatter")
    ),
    "allreduce/sums_are_checked_in_every_dtype",
    "allreduce/torch_and_nccl_are_one_on_all_ranks",
    "allreduce/mapped_libraries_are_one_on_all_nodes",
    "allreduce/bandwidth_is_measured",
    *UNDER_LOAD,
    TRAINING,
)
CODE = "deepspeed/op_has_code_for_this_node_s_gpus[fused_adam]"
# What cannot be said of a DeepSpeed that does not import.
REPORT = (
    "deepspeed/version_is_the_declared_one",
    "deepspeed/accelerator_is_cuda",
    "deepspeed/ninja_is_there",
    "deepspeed/declared_op_is_installed[fused_adam]",
    "deepspeed/declared_op_is_compatible[fused_adam]",
    "deepspeed/no_other_op_is_installed",
    "deepspeed/async_io_is_compatible",
    CODE,
    "deepspeed/torch_of_the_report_is_the_declared_one",
    "deepspeed/paths_are_of_the_declared_environment",
    "deepspeed/nvcc_of_the_report_is_the_declared_one",
    "deepspeed/nvcc_goes_with_torch_by_deepspeed_s_rule",
    "deepspeed/wheel_was_compiled_with_this_torch",
    "deepspeed/shared_memory_is_enough_for_deepspeed",
)
