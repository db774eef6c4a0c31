"""Faults of torch, of Python, and of their variables, on one node."""

from lab.faults.common import ENDS, ENV, JOB, OTHERS, REPORT, SITE, WITH_STANDARD_STACK, whole
from lab.faults.fault import Fault

# The environment is made anew.
ANEW = ("env", "deepspeed", "cuda")
WHEELS = ("env | wheels of dis",)
RECORD = "its RECORD has other bytes"
_TORCH = f"{SITE}/torch"
NO_TORCH = (
    whole("nvidia-cublas-cu11"),
    "env/torch_is_the_declared_build",
    "env/torch_has_code_for_the_declared_gpus",
    "env/torch_computes",
    "env/mapped_cuda_libraries_are_torch_s_own",
    "env/nccl_is_the_same_on_all_nodes",
    "env/mapped_libraries_are_the_same_on_all_nodes",
    "deepspeed/deepspeed_imports",
    *REPORT,
    *JOB,
)
TORCH = (
    Fault(
        name="env-torch-does-not-import",
        cause="A library that torch needs was removed, as a duplicate.",
        node="node2",
        runs_on=WITH_STANDARD_STACK,
        inject=(f"mv {SITE}/nvidia/cublas/lib/libcublasLt.so.11 /root/lab-cublasLt",),
        verify=f"! [ -e {SITE}/nvidia/cublas/lib/libcublasLt.so.11 ]",
        failing_checks=("env/torch_imports", *NO_TORCH),
        reasons=("there is no torch to ask",) * len(NO_TORCH),
        plan=WHEELS,
        converge_repairs=True,
        cleanup=("rm -f /root/lab-cublasLt",),
    ),
    Fault(
        name="env-torch-of-another-build",
        cause="torch of the same version for another CUDA release, from the other index.",
        node="node1",
        runs_on=WITH_STANDARD_STACK,
        inject=(f"sed -i -e 's/+cu117/+cu118/' -e \"s/^cuda = .*/cuda = '11.8'/\" {_TORCH}/version.py",),
        verify=f"grep -q cu118 {_TORCH}/version.py",
        failing_checks=(
            "env/torch_is_the_declared_build",
            whole("torch"),
            "deepspeed/torch_of_the_report_is_the_declared_one",
            "allreduce/torch_and_nccl_are_one_on_all_ranks",
            ENDS,
        ),
        reasons=(RECORD, "ds_report asks torch", OTHERS, OTHERS),
        plan=WHEELS,
        converge_repairs=True,
    ),
    Fault(
        name="env-torch-without-our-gpus",
        cause="A build of torch for newer GPUs alone (in the lab, torch says so).",
        node="node2",
        inject=(f"echo '_C._cuda_getArchFlags = lambda: \"sm_90\"' >> {_TORCH}/__init__.py",),
        verify=f"grep -q sm_90 {_TORCH}/__init__.py",
        failing_checks=("env/torch_has_code_for_the_declared_gpus", whole("torch")),
        reasons=(RECORD,),
        plan=WHEELS,
        converge_repairs=True,
    ),
    Fault(
        name="env-torch-without-numpy",
        cause="numpy 2 beside a torch that was compiled against numpy 1 (in the lab, torch fails as it then would).",
        node="node1",
        inject=(
            "printf 'def from_numpy(_):\\n    raise RuntimeError(\"Numpy is not available\")\\n' "
            f">> {_TORCH}/__init__.py",
        ),
        verify=f"grep -q 'Numpy is not available' {_TORCH}/__init__.py",
        failing_checks=("env/torch_computes", whole("torch")),
        reasons=(RECORD,),
        plan=WHEELS,
        converge_repairs=True,
    ),
)
PYTHON = (
    Fault(
        name="env-python-of-another-version",
        cause="conda install python=3.10 in the environment (in the lab, Python says so).",
        node="node2",
        inject=(f"sed -i 's/3[.]11[.]2/3.10.2/g' {ENV}/bin/python3.11",),
        verify=f"{ENV}/bin/python -V | grep -q 3.10.2",
        failing_checks=("env/python_is_the_declared_one",),
        rebuilds=ANEW,
        plan=("env | environment dis",),
        converge_repairs=True,
    ),
    Fault(
        name="env-creation-interrupted",
        cause="A converge was cut off in conda create.",
        node="node1",
        inject=(": > /opt/anaconda3/envs/.dis.trueup-creating",),
        verify="[ -e /opt/anaconda3/envs/.dis.trueup-creating ]",
        failing_checks=("env/environment_is_finished",),
        rebuilds=ANEW,
        plan=("env | environment dis",),
        converge_repairs=True,
    ),
    Fault(
        name="env-pythonpath",
        cause="PYTHONPATH in /etc/environment, for somebody's modules.",
        node="node1",
        inject=("echo PYTHONPATH=/opt/modules >> /etc/environment",),
        verify="grep -q ^PYTHONPATH /etc/environment",
        failing_checks=("env/command_over_ssh_has_no[PYTHONPATH]",),
        converge_repairs=False,
        undo=("sed -i /^PYTHONPATH/d /etc/environment",),
    ),
    Fault(
        name="env-pythonhome",
        cause="PYTHONHOME in /etc/environment, from an old installation's notes.",
        node="node2",
        inject=(f"echo PYTHONHOME={ENV} >> /etc/environment",),
        verify="grep -q ^PYTHONHOME /etc/environment",
        failing_checks=("env/command_over_ssh_has_no[PYTHONHOME]",),
        converge_repairs=False,
        undo=("sed -i /^PYTHONHOME/d /etc/environment",),
    ),
)

FAULTS = TORCH + PYTHON
