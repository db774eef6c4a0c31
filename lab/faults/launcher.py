"""Faults of what DeepSpeed's launcher reads, on one node."""

from lab.faults.common import TRAINING
from lab.faults.fault import Fault
from trueup.declaration import HOSTFILE

SAME = "nccl/hostfile_is_the_same_on_all_nodes"
OTHERS = "the other node has it otherwise"
LAUNCHER = (
    Fault(
        name="deepspeed-hostfile-twice",
        cause="A node was added that was there.",
        node="node1",
        inject=(f"echo 'node1 slots=2' >> {HOSTFILE}",),
        verify=f"[ $(grep -c ^node1 {HOSTFILE}) = 2 ]",
        failing_checks=("deepspeed/hostfile_names_no_node_twice", SAME, TRAINING),
        reasons=(OTHERS, "the launcher refuses it"),
        plan=("deepspeed | hostfile",),
        converge_repairs=True,
    ),
    Fault(
        name="deepspeed-hostfile-slots",
        cause="Copied from a cluster with four GPUs a node.",
        node="node2",
        inject=(f"sed -i 's/slots=2/slots=4/' {HOSTFILE}",),
        verify=f"grep -q slots=4 {HOSTFILE}",
        failing_checks=("deepspeed/hostfile_has_this_node_s_gpus", SAME, TRAINING),
        reasons=(OTHERS, "there are not so many ranks"),
        plan=("deepspeed | hostfile",),
        converge_repairs=True,
    ),
    Fault(
        name="deepspeed-hostfile-lost",
        cause="/job was cleaned up between two jobs.",
        node="node1",
        inject=(f"rm {HOSTFILE}",),
        verify=f"! [ -e {HOSTFILE} ]",
        failing_checks=("deepspeed/hostfile_has_this_node_s_gpus", SAME, TRAINING),
        reasons=(OTHERS, "the launcher would train on one node"),
        plan=("deepspeed | hostfile",),
        converge_repairs=True,
    ),
    Fault(
        name="deepspeed-environment-lost",
        cause="A dotfile that nobody knew was deleted.",
        node="node1",
        inject=("rm /home/train/.deepspeed_env",),
        verify="! [ -e /home/train/.deepspeed_env ]",
        failing_checks=("deepspeed/launcher_hands_on_cuda_home[train]",),
        plan=("deepspeed | .deepspeed_env of train",),
        converge_repairs=True,
    ),
    Fault(
        name="deepspeed-environment-library-path",
        cause="The guide's export line, for all ranks.",
        node="node2",
        inject=("echo LD_LIBRARY_PATH=/usr/local/cuda-11.4/lib64 >> /root/.deepspeed_env",),
        verify="grep -q ^LD_LIBRARY_PATH /root/.deepspeed_env",
        failing_checks=("deepspeed/launcher_hands_on_no_library_path[root]",),
        plan=("deepspeed | .deepspeed_env of root",),
        converge_repairs=True,
    ),
    Fault(
        name="deepspeed-environment-other-toolkit",
        cause="CUDA_HOME of the toolkit before.",
        node="node1",
        inject=("sed -i 's#^CUDA_HOME=.*#CUDA_HOME=/usr/local/cuda-11.4#' /root/.deepspeed_env",),
        verify="grep -q cuda-11.4 /root/.deepspeed_env",
        failing_checks=("deepspeed/launcher_hands_on_cuda_home[root]",),
        plan=("deepspeed | .deepspeed_env of root",),
        converge_repairs=True,
    ),
)

FAULTS = LAUNCHER
