"""Faults of the training environment's wheels, on one node."""

from lab.faults.common import DIFFER, ENDS, ENV, OTHERS, SITE, WITH_STANDARD_STACK, another_byte, locked, whole
from lab.faults.fault import Fault

CUDART = f"{SITE}/nvidia/cuda_runtime/lib/libcudart.so.11.0"
CURAND = f"{SITE}/nvidia/curand/lib/libcurand.so.10"
WHEELS = ("env | wheels of dis",)
STRAYS = ("deepspeed | strays in dis",)
RECORD = "its RECORD has other bytes"


def renamed(project: str, old: str, new: str) -> str:
    """Return a shell line that makes a wheel another version's, by everything that it says of itself."""
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
        inject=(renamed("tqdm", "4.70.1", "4.66.4"),),
        verify=f"[ -d {SITE}/tqdm-4.66.4.dist-info ]",
        failing_checks=(locked("tqdm"), DIFFER),
        reasons=(OTHERS,),
        plan=WHEELS,
        converge_repairs=True,
    ),
    Fault(
        name="env-wheel-does-not-fit",
        cause="pip install of something that brought an older pydantic-core along.",
        node="node2",
        runs_on=WITH_STANDARD_STACK,
        inject=(renamed("pydantic_core", "2.50.4", "2.20.0"),),
        verify=f"[ -d {SITE}/pydantic_core-2.20.0.dist-info ]",
        failing_checks=("env/requirements_are_met", locked("pydantic-core"), DIFFER),
        reasons=("it is no longer the locked one", OTHERS),
        plan=WHEELS,
        converge_repairs=True,
    ),
    Fault(
        name="env-wheel-removed",
        cause="pip uninstall, of what nobody seemed to need.",
        node="node1",
        inject=(f"rm -r {SITE}/lit {SITE}/lit-*.dist-info {ENV}/bin/lit",),
        verify=f"! [ -e {SITE}/lit ]",
        failing_checks=(locked("lit"), whole("lit"), "env/requirements_are_met", DIFFER),
        reasons=("none of its files is there", "triton asks for it", OTHERS),
        plan=WHEELS,
        converge_repairs=True,
    ),
    Fault(
        name="env-wheel-added",
        cause="pip install accelerate, for one experiment.",
        node="node2",
        inject=(
            f"mkdir {SITE}/accelerate-0.21.0.dist-info && cd {SITE}/accelerate-0.21.0.dist-info",
            f"printf 'Metadata-Version: 2.1\\nName: accelerate\\nVersion: 0.21.0\\n' "
            f"> {SITE}/accelerate-0.21.0.dist-info/METADATA",
            f"printf 'accelerate-0.21.0.dist-info/METADATA,,\\naccelerate-0.21.0.dist-info/RECORD,,\\n' "
            f"> {SITE}/accelerate-0.21.0.dist-info/RECORD",
        ),
        verify=f"[ -d {SITE}/accelerate-0.21.0.dist-info ]",
        failing_checks=("env/nothing_else_is_installed", DIFFER),
        reasons=(OTHERS,),
        plan=WHEELS,
        converge_repairs=True,
    ),
    Fault(
        name="env-user-wheel",
        cause="pip install --user: such a wheel comes before the environment's own.",
        node="node1",
        inject=(
            "mkdir -p /home/train/.local/lib/python3.11/site-packages/accelerate && chown -R train: /home/train/.local",
        ),
        verify="[ -d /home/train/.local/lib/python3.11/site-packages/accelerate ]",
        failing_checks=("env/account_has_no_packages_of_its_own[train]",),
        converge_repairs=False,
        undo=("rm -r /home/train/.local",),
    ),
)
BYTES = (
    Fault(
        name="env-file-edited",
        cause="A print was put into a library, to find a fault.",
        node="node1",
        inject=(f"echo 'print(0)' >> {SITE}/sympy/this.py",),
        verify=f"grep -qx 'print(0)' {SITE}/sympy/this.py",
        failing_checks=(whole("sympy"),),
        plan=WHEELS,
        converge_repairs=True,
    ),
    Fault(
        name="env-byte-changed",
        cause="A disk returned other bytes than were written: same version, same size.",
        node="node2",
        inject=(another_byte(f"{SITE}/networkx/convert.py"),),
        verify=f"! tail -c 1 {SITE}/networkx/convert.py | grep -q '^$'",
        failing_checks=(whole("networkx"),),
        plan=WHEELS,
        converge_repairs=True,
    ),
    Fault(
        name="env-library-replaced",
        cause="A library of the same name was copied over torch's own.",
        node="node2",
        runs_on=WITH_STANDARD_STACK,
        inject=(another_byte(CUDART),),
        verify=f"[ {CUDART} -nt {SITE}/nvidia_cuda_runtime_cu11-*.dist-info/RECORD ]",
        failing_checks=(
            "env/mapped_cuda_libraries_are_their_wheels_own",
            whole("nvidia-cuda-runtime-cu11"),
            "env/mapped_libraries_are_the_same_on_all_nodes",
            "allreduce/mapped_libraries_are_one_on_all_nodes",
            ENDS,
        ),
        reasons=(RECORD, OTHERS, OTHERS, OTHERS),
        plan=WHEELS,
        converge_repairs=True,
    ),
    Fault(
        name="env-large-library-changed",
        cause="A library of hundreds of MB, which is not hashed each time, was patched in place.",
        node="node1",
        runs_on=WITH_STANDARD_STACK,
        inject=(another_byte(f"{SITE}/nvidia/cufft/lib/libcufft.so.10"),),
        verify=f"[ {SITE}/nvidia/cufft/lib/libcufft.so.10 -nt {SITE}/nvidia_cufft_cu11-10.9.0.58.dist-info/RECORD ]",
        failing_checks=(whole("nvidia-cufft-cu11"),),
        plan=WHEELS,
        converge_repairs=True,
    ),
    Fault(
        name="env-bit-rot",
        cause="A disk returned another byte in such a library; no time of a file tells.",
        node="node2",
        runs_on=WITH_STANDARD_STACK,
        inject=(
            f"touch -r {CURAND} /root/lab-time",
            f"{another_byte(CURAND)}; touch -r /root/lab-time {CURAND}",
        ),
        verify="[ -e /root/lab-time ]",
        failing_checks=(whole("nvidia-curand-cu11"),),
        converge_repairs=False,
        undo=(f"{another_byte(CURAND, -1)}; touch -r /root/lab-time {CURAND}; rm /root/lab-time",),
        deep=True,
    ),
    Fault(
        name="env-hook-of-python",
        cause="A .pth file that runs code at each start of Python, left by a debugger.",
        node="node1",
        inject=(f"echo 'import os' > {SITE}/lab-debugger.pth",),
        verify=f"[ -e {SITE}/lab-debugger.pth ]",
        failing_checks=("env/nothing_is_hooked_into_python",),
        plan=STRAYS,
        converge_repairs=True,
    ),
    Fault(
        name="env-site-customised",
        cause="A sitecustomize.py, from a tool that measures.",
        node="node2",
        inject=(f"echo 'import os' > {SITE}/sitecustomize.py",),
        verify=f"[ -e {SITE}/sitecustomize.py ]",
        failing_checks=("env/nothing_is_hooked_into_python",),
        plan=STRAYS,
        converge_repairs=True,
    ),
)
CONTROLS = (
    Fault(
        name="control-env-bytecode-gone",
        cause="Somebody deleted bytecode, to make room.",
        node="node1",
        inject=(f"rm -r {SITE}/sympy/__pycache__",),
        verify=f"! [ -e {SITE}/sympy/__pycache__ ]",
        failing_checks=(),
        converge_repairs=False,
        undo=(f"{ENV}/bin/python -m compileall -q {SITE}/sympy/*.py",),
    ),
    Fault(
        name="control-env-own-folder",
        cause="A user keeps notes in the environment's share folder.",
        node="node2",
        inject=(f"mkdir -p {ENV}/share/notes && : > {ENV}/share/notes/a.txt",),
        verify=f"[ -e {ENV}/share/notes/a.txt ]",
        failing_checks=(),
        converge_repairs=False,
        undo=(f"rm -r {ENV}/share/notes",),
    ),
)

FAULTS = VERSIONS + BYTES + CONTROLS
