"""Breaks of the training environment's Python, wheels and variables, on one node."""

from lab.mutations.deepspeed import REPORT
from lab.mutations.model import Mutation
from lab.mutations.nccl import JOB

ENV = "/opt/anaconda3/envs/dis"
SITE = f"{ENV}/lib/python3.11/site-packages"
CURAND = f"{SITE}/nvidia/curand/lib/libcurand.so.10"
# The environment is made anew.
ANEW = ("env", "deepspeed", "cuda")
WHEELS = ("env | wheels of dis",)
STRAYS = ("deepspeed | strays in dis",)
DIFFER = "env/wheels_are_the_same_on_all_nodes"
OTHERS = "the other node has it not"
RECORD = "its RECORD has other bytes"


def locked(wheel: str) -> str:
    """The check of a wheel's version."""
    return f"env/wheel_is_the_locked_one[{wheel}]"


def whole(wheel: str) -> str:
    """The check of a wheel's files."""
    return f"env/wheel_is_whole[{wheel}]"


def renamed(project: str, old: str, new: str) -> str:
    """A shell line that makes a wheel another version's, by everything that it says of itself."""
    before, after = f"{project}-{old}.dist-info", f"{project}-{new}.dist-info"
    return (
        f"cd {SITE} && mv {before} {after} && sed -i 's/^Version: .*/Version: {new}/' {after}/METADATA && "
        f"sed -i -e 's#^{before}/#{after}/#' -e 's#^\\({after}/METADATA\\),.*#\\1,,#' {after}/RECORD"
    )


def another_byte(path: str, by: int = 1) -> str:
    """A shell line that adds to the last byte of a file, and changes nothing else."""
    return (
        f"f={path}; n=$(($(stat -c %s $f) - 1)); b=$(tail -c 1 $f | od -An -tu1); "
        f'printf "\\\\$(printf %03o $(( (b + {by} + 256) % 256 )))" | dd of=$f bs=1 seek=$n conv=notrunc status=none'
    )


VERSIONS = (
    Mutation(
        name="env-wheel-of-another-version",
        cause="pip install --upgrade of one thing.",
        node="node1",
        breaks=(renamed("tqdm", "4.70.1", "4.66.4"),),
        shows=f"[ -d {SITE}/tqdm-4.66.4.dist-info ]",
        reds=(locked("tqdm"), DIFFER),
        reasons=(OTHERS,),
        plan=WHEELS,
        heals=True,
    ),
    Mutation(
        name="env-wheel-does-not-fit",
        cause="pip install of something that brought an older pydantic-core along.",
        node="node2",
        breaks=(renamed("pydantic_core", "2.50.4", "2.20.0"),),
        shows=f"[ -d {SITE}/pydantic_core-2.20.0.dist-info ]",
        reds=("env/requirements_are_met", locked("pydantic-core"), DIFFER),
        reasons=("it is no longer the locked one", OTHERS),
        plan=WHEELS,
        heals=True,
    ),
    Mutation(
        name="env-wheel-removed",
        cause="pip uninstall, of what nobody seemed to need.",
        node="node1",
        breaks=(f"rm -r {SITE}/lit {SITE}/lit-*.dist-info {ENV}/bin/lit",),
        shows=f"! [ -e {SITE}/lit ]",
        reds=(locked("lit"), whole("lit"), "env/requirements_are_met", DIFFER),
        reasons=("none of its files is there", "triton asks for it", OTHERS),
        plan=WHEELS,
        heals=True,
    ),
    Mutation(
        name="env-wheel-added",
        cause="pip install accelerate, for one experiment.",
        node="node2",
        breaks=(
            f"mkdir {SITE}/accelerate-0.21.0.dist-info && cd {SITE}/accelerate-0.21.0.dist-info",
            f"printf 'Metadata-Version: 2.1\\nName: accelerate\\nVersion: 0.21.0\\n' "
            f"> {SITE}/accelerate-0.21.0.dist-info/METADATA",
            f"printf 'accelerate-0.21.0.dist-info/METADATA,,\\naccelerate-0.21.0.dist-info/RECORD,,\\n' "
            f"> {SITE}/accelerate-0.21.0.dist-info/RECORD",
        ),
        shows=f"[ -d {SITE}/accelerate-0.21.0.dist-info ]",
        reds=("env/nothing_else_is_installed", DIFFER),
        reasons=(OTHERS,),
        plan=WHEELS,
        heals=True,
    ),
    Mutation(
        name="env-user-wheel",
        cause="pip install --user: such a wheel comes before the environment's own.",
        node="node1",
        breaks=(
            "mkdir -p /home/train/.local/lib/python3.11/site-packages/accelerate && chown -R train: /home/train/.local",
        ),
        shows="[ -d /home/train/.local/lib/python3.11/site-packages/accelerate ]",
        reds=("env/account_has_no_packages_of_its_own[train]",),
        heals=False,
        mends=("rm -r /home/train/.local",),
    ),
)

BYTES = (
    Mutation(
        name="env-file-edited",
        cause="A print was put into a library, to find a fault.",
        node="node1",
        breaks=(f"echo 'print(0)' >> {SITE}/sympy/this.py",),
        shows=f"grep -qx 'print(0)' {SITE}/sympy/this.py",
        reds=(whole("sympy"),),
        plan=WHEELS,
        heals=True,
    ),
    Mutation(
        name="env-byte-changed",
        cause="A disk returned other bytes than were written: same version, same size.",
        node="node2",
        breaks=(another_byte(f"{SITE}/networkx/convert.py"),),
        shows=f"! tail -c 1 {SITE}/networkx/convert.py | grep -q '^$'",
        reds=(whole("networkx"),),
        plan=WHEELS,
        heals=True,
    ),
    Mutation(
        name="env-library-replaced",
        cause="A library of the same name was copied over torch's own.",
        node="node2",
        breaks=(another_byte(f"{SITE}/nvidia/cuda_runtime/lib/libcudart.so.11.0"),),
        shows=f"[ -e {SITE}/nvidia/cuda_runtime/lib/libcudart.so.11.0 ]",
        reds=(
            "env/mapped_cuda_libraries_are_their_wheels_own",
            whole("nvidia-cuda-runtime-cu11"),
            "env/mapped_libraries_are_the_same_on_all_nodes",
            "allreduce/mapped_libraries_are_one_on_all_nodes",
        ),
        reasons=(RECORD, OTHERS, OTHERS),
        plan=WHEELS,
        heals=True,
    ),
    Mutation(
        name="env-large-library-changed",
        cause="A library of hundreds of MB, which is not hashed each time, was patched in place.",
        node="node1",
        breaks=(another_byte(f"{SITE}/nvidia/cufft/lib/libcufft.so.10"),),
        shows=f"[ {SITE}/nvidia/cufft/lib/libcufft.so.10 -nt {SITE}/nvidia_cufft_cu11-10.9.0.58.dist-info/RECORD ]",
        reds=(whole("nvidia-cufft-cu11"),),
        plan=WHEELS,
        heals=True,
    ),
    Mutation(
        name="env-bit-rot",
        cause="A disk returned another byte in such a library; no time of a file tells.",
        node="node2",
        breaks=(
            f"touch -r {CURAND} /root/lab-time",
            f"{another_byte(CURAND)}; touch -r /root/lab-time {CURAND}",
        ),
        shows="[ -e /root/lab-time ]",
        reds=(whole("nvidia-curand-cu11"),),
        heals=False,
        mends=(f"{another_byte(CURAND, -1)}; touch -r /root/lab-time {CURAND}; rm /root/lab-time",),
        deep=True,
    ),
    Mutation(
        name="env-hook-of-python",
        cause="A .pth file that runs code at each start of Python, left by a debugger.",
        node="node1",
        breaks=(f"echo 'import os' > {SITE}/lab-debugger.pth",),
        shows=f"[ -e {SITE}/lab-debugger.pth ]",
        reds=("env/nothing_is_hooked_into_python",),
        plan=STRAYS,
        heals=True,
    ),
    Mutation(
        name="env-site-customised",
        cause="A sitecustomize.py, from a tool that measures.",
        node="node2",
        breaks=(f"echo 'import os' > {SITE}/sitecustomize.py",),
        shows=f"[ -e {SITE}/sitecustomize.py ]",
        reds=("env/nothing_is_hooked_into_python",),
        plan=STRAYS,
        heals=True,
    ),
)

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
    Mutation(
        name="env-torch-does-not-import",
        cause="A library that torch needs was removed, as a duplicate.",
        node="node2",
        breaks=(f"mv {SITE}/nvidia/cublas/lib/libcublasLt.so.11 /root/lab-cublasLt",),
        shows="[ -e /root/lab-cublasLt ]",
        reds=("env/torch_imports", *NO_TORCH),
        reasons=("there is no torch to ask",) * len(NO_TORCH),
        plan=WHEELS,
        heals=True,
        tidies=("rm -f /root/lab-cublasLt",),
    ),
    Mutation(
        name="env-torch-of-another-build",
        cause="torch of the same version for another CUDA release, from the other index.",
        node="node1",
        breaks=(f"sed -i -e 's/+cu117/+cu118/' -e \"s/^cuda = .*/cuda = '11.8'/\" {_TORCH}/version.py",),
        shows=f"grep -q cu118 {_TORCH}/version.py",
        reds=(
            "env/torch_is_the_declared_build",
            whole("torch"),
            "deepspeed/torch_of_the_report_is_the_declared_one",
            "allreduce/torch_and_nccl_are_one_on_all_ranks",
        ),
        reasons=(RECORD, "ds_report asks torch", OTHERS),
        plan=WHEELS,
        heals=True,
    ),
    Mutation(
        name="env-torch-without-our-gpus",
        cause="A build of torch for newer GPUs alone (in the lab, torch says so).",
        node="node2",
        breaks=(f"echo '_C._cuda_getArchFlags = lambda: \"sm_90\"' >> {_TORCH}/__init__.py",),
        shows=f"grep -q sm_90 {_TORCH}/__init__.py",
        reds=("env/torch_has_code_for_the_declared_gpus", whole("torch")),
        reasons=(RECORD,),
        plan=WHEELS,
        heals=True,
    ),
    Mutation(
        name="env-torch-without-numpy",
        cause="numpy 2 beside a torch that was compiled against numpy 1 (in the lab, torch fails as it then would).",
        node="node1",
        breaks=(
            "printf 'def from_numpy(_):\\n    raise RuntimeError(\"Numpy is not available\")\\n' "
            f">> {_TORCH}/__init__.py",
        ),
        shows=f"grep -q 'Numpy is not available' {_TORCH}/__init__.py",
        reds=("env/torch_computes", whole("torch")),
        reasons=(RECORD,),
        plan=WHEELS,
        heals=True,
    ),
)

PYTHON = (
    Mutation(
        name="env-python-of-another-version",
        cause="conda install python=3.10 in the environment (in the lab, Python says so).",
        node="node2",
        breaks=(f"sed -i 's/3[.]11[.]2/3.10.2/g' {ENV}/bin/python3.11",),
        shows=f"{ENV}/bin/python -V | grep -q 3.10.2",
        reds=("env/python_is_the_declared_one",),
        spans=ANEW,
        plan=("env | environment dis",),
        heals=True,
    ),
    Mutation(
        name="env-creation-interrupted",
        cause="A converge was cut off in conda create.",
        node="node1",
        breaks=(": > /opt/anaconda3/envs/.dis.trueup-creating",),
        shows="[ -e /opt/anaconda3/envs/.dis.trueup-creating ]",
        reds=("env/environment_is_finished",),
        spans=ANEW,
        plan=("env | environment dis",),
        heals=True,
    ),
    Mutation(
        name="env-pythonpath",
        cause="PYTHONPATH in /etc/environment, for somebody's modules.",
        node="node1",
        breaks=("echo PYTHONPATH=/opt/modules >> /etc/environment",),
        shows="grep -q ^PYTHONPATH /etc/environment",
        reds=("env/command_over_ssh_has_no[PYTHONPATH]",),
        heals=False,
        mends=("sed -i /^PYTHONPATH/d /etc/environment",),
    ),
    Mutation(
        name="env-pythonhome",
        cause="PYTHONHOME in /etc/environment, from an old installation's notes.",
        node="node2",
        breaks=(f"echo PYTHONHOME={ENV} >> /etc/environment",),
        shows="grep -q ^PYTHONHOME /etc/environment",
        reds=("env/command_over_ssh_has_no[PYTHONHOME]",),
        heals=False,
        mends=("sed -i /^PYTHONHOME/d /etc/environment",),
    ),
)

CONTROLS = (
    Mutation(
        name="control-env-bytecode-gone",
        cause="Somebody deleted bytecode, to make room.",
        node="node1",
        breaks=(f"rm -r {SITE}/sympy/__pycache__",),
        shows=f"! [ -e {SITE}/sympy/__pycache__ ]",
        reds=(),
        heals=False,
        mends=(f"{ENV}/bin/python -m compileall -q {SITE}/sympy/*.py",),
    ),
    Mutation(
        name="control-env-own-folder",
        cause="A user keeps notes in the environment's share folder.",
        node="node2",
        breaks=(f"mkdir -p {ENV}/share/notes && : > {ENV}/share/notes/a.txt",),
        shows=f"[ -e {ENV}/share/notes/a.txt ]",
        reds=(),
        heals=False,
        mends=(f"rm -r {ENV}/share/notes",),
    ),
)

MUTATIONS = VERSIONS + BYTES + TORCH + PYTHON + CONTROLS
