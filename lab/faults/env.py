"""Breaks of the training environment's wheels, on one node."""

from lab.faults.common import DIFFER, ENDS, ENV, OTHERS, SITE, another_byte, locked, whole
from lab.faults.fault import Fault

CUDART = f"{SITE}/nvidia/cuda_runtime/lib/libcudart.so.11.0"
CURAND = f"{SITE}/nvidia/curand/lib/libcurand.so.10"
WHEELS = ("env | wheels of dis",)
STRAYS = ("deepspeed | strays in dis",)
RECORD = "its RECORD has other bytes"


def renamed(project: str, old: str, new: str) -> str:
    """A shell line that makes a wheel another version's, by everything that it says of itself."""
    before, after = f"{project}-{old}.dist-info", f"{project}-{new}.dist-info"
    return (
        f"cd {SITE} && mv {before} {after} && sed -i 's/^Version: .*/Version: {new}/' {after}/METADATA && "
        f"sed -i -e 's#^{before}/#{after}/#' -e 's#^\\({after}/METADATA\\),.*#\\1,,#' {after}/RECORD"
    )


VERSIONS = (
    Fault(
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
    Fault(
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
    Fault(
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
    Fault(
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
    Fault(
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
    Fault(
        name="env-file-edited",
        cause="A print was put into a library, to find a fault.",
        node="node1",
        breaks=(f"echo 'print(0)' >> {SITE}/sympy/this.py",),
        shows=f"grep -qx 'print(0)' {SITE}/sympy/this.py",
        reds=(whole("sympy"),),
        plan=WHEELS,
        heals=True,
    ),
    Fault(
        name="env-byte-changed",
        cause="A disk returned other bytes than were written: same version, same size.",
        node="node2",
        breaks=(another_byte(f"{SITE}/networkx/convert.py"),),
        shows=f"! tail -c 1 {SITE}/networkx/convert.py | grep -q '^$'",
        reds=(whole("networkx"),),
        plan=WHEELS,
        heals=True,
    ),
    Fault(
        name="env-library-replaced",
        cause="A library of the same name was copied over torch's own.",
        node="node2",
        breaks=(another_byte(CUDART),),
        shows=f"[ {CUDART} -nt {SITE}/nvidia_cuda_runtime_cu11-*.dist-info/RECORD ]",
        reds=(
            "env/mapped_cuda_libraries_are_their_wheels_own",
            whole("nvidia-cuda-runtime-cu11"),
            "env/mapped_libraries_are_the_same_on_all_nodes",
            "allreduce/mapped_libraries_are_one_on_all_nodes",
            ENDS,
        ),
        reasons=(RECORD, OTHERS, OTHERS, OTHERS),
        plan=WHEELS,
        heals=True,
    ),
    Fault(
        name="env-large-library-changed",
        cause="A library of hundreds of MB, which is not hashed each time, was patched in place.",
        node="node1",
        breaks=(another_byte(f"{SITE}/nvidia/cufft/lib/libcufft.so.10"),),
        shows=f"[ {SITE}/nvidia/cufft/lib/libcufft.so.10 -nt {SITE}/nvidia_cufft_cu11-10.9.0.58.dist-info/RECORD ]",
        reds=(whole("nvidia-cufft-cu11"),),
        plan=WHEELS,
        heals=True,
    ),
    Fault(
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
    Fault(
        name="env-hook-of-python",
        cause="A .pth file that runs code at each start of Python, left by a debugger.",
        node="node1",
        breaks=(f"echo 'import os' > {SITE}/lab-debugger.pth",),
        shows=f"[ -e {SITE}/lab-debugger.pth ]",
        reds=("env/nothing_is_hooked_into_python",),
        plan=STRAYS,
        heals=True,
    ),
    Fault(
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
CONTROLS = (
    Fault(
        name="control-env-bytecode-gone",
        cause="Somebody deleted bytecode, to make room.",
        node="node1",
        breaks=(f"rm -r {SITE}/sympy/__pycache__",),
        shows=f"! [ -e {SITE}/sympy/__pycache__ ]",
        reds=(),
        heals=False,
        mends=(f"{ENV}/bin/python -m compileall -q {SITE}/sympy/*.py",),
    ),
    Fault(
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

MUTATIONS = VERSIONS + BYTES + CONTROLS
