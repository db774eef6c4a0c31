"""Faults of DeepSpeed and its ops, on one node."""

from lab.faults.common import CODE, DEBIAN, REPORT, SITE, TRAINING, WITH_STANDARD_STACK
from lab.faults.fault import Fault

OWN = f"{SITE}/deepspeed"
INFO = f"{OWN}/git_version_info_installed.py"
PLAN = ("deepspeed | DeepSpeed 0.14.5",)
FILES = "deepspeed/files_are_its_wheel_s_own"
EDITED = "a file was edited"
# One takes it away, the other one copies it.
OP_OF_NODE2 = ("node2:fused_adam_op",)


def _edited(
    name: str,
    cause: str,
    edit: str,
    verify: str,
    *failing_checks: str,
    node: str = "node1",
    why: str = "",
    exclusive_resources: tuple[str, ...] = (),
) -> Fault:
    """Edit one of DeepSpeed's own files. why: the reason of each failing check between the first and the last."""
    return Fault(
        name=name,
        cause=cause,
        node=node,
        runs_on=WITH_STANDARD_STACK,
        inject=(edit,),
        verify=verify,
        failing_checks=(*failing_checks, FILES),
        reasons=(*[why] * (len(failing_checks) - 1), EDITED),
        plan=PLAN,
        converge_repairs=True,
        exclusive_resources=exclusive_resources,
    )


def _info(name: str, cause: str, old: str, new: str, *failing_checks: str, node: str = "node1") -> Fault:
    """Return what setup.py wrote of the build, with something else in it."""
    return _edited(
        name, cause, f'sed -i "s/{old}/{new}/" {INFO}', f'grep -q "{new}" {INFO}', *failing_checks, node=node
    )


WHEEL = (
    _edited(
        "deepspeed-does-not-import",
        "A module was edited, and does not compile any more.",
        f"echo 'import no_such_module' >> {OWN}/__init__.py",
        f"grep -qx 'import no_such_module' {OWN}/__init__.py",
        "deepspeed/deepspeed_imports",
        *REPORT,
        TRAINING,
        why="there is no DeepSpeed to ask, or to train with",
    ),
    _info(
        "deepspeed-of-another-version",
        "pip install of the guide's 0.14.0.",
        "^version='0.14.5",
        "version='0.14.0",
        "deepspeed/version_is_the_declared_one",
        node="node2",
    ),
    _info(
        "deepspeed-compiled-with-another-torch",
        "A wheel of pip's cache, compiled with an older torch.",
        "'version': '2.0'",
        "'version': '1.13'",
        "deepspeed/wheel_was_compiled_with_this_torch",
    ),
    _info(
        "deepspeed-undeclared-op",
        "DS_BUILD_CPU_ADAM=1 was set when it was built by hand.",
        "'cpu_adam': False",
        "'cpu_adam': True",
        "deepspeed/no_other_op_is_installed",
        node="node2",
    ),
    _info(
        "deepspeed-without-its-op",
        "Installed by plain pip, which compiles nothing beforehand.",
        "'fused_adam': 1",
        "'fused_adam': 0",
        "deepspeed/declared_op_is_installed[fused_adam]",
        "deepspeed/no_other_op_is_installed",
    ),
    _edited(
        "deepspeed-another-accelerator",
        "A build for another maker's accelerators.",
        f"sed -i \"s/return 'cuda'$/return 'xpu'/\" {SITE}/deepspeed/accelerator/cuda_accelerator.py",
        f"grep -q \"return 'xpu'\" {SITE}/deepspeed/accelerator/cuda_accelerator.py",
        "deepspeed/accelerator_is_cuda",
        node="node2",
    ),
    _edited(
        "deepspeed-op-lost",
        "Deleted, to have it compiled anew.",
        f"rm {OWN}/ops/adam/fused_adam_op*.so",
        f"! ls {OWN}/ops/adam/fused_adam_op*.so 2>/dev/null",
        CODE,
        node="node2",
        exclusive_resources=OP_OF_NODE2,
    ),
    _edited(
        "deepspeed-op-of-the-other-node",
        "The environment was copied from the other node, with its ops.",
        f"scp -q -o BatchMode=yes 'node2:{OWN}/ops/adam/fused_adam_op*.so' {OWN}/ops/adam/",
        f"/usr/local/cuda-11.8/bin/cuobjdump --list-elf {OWN}/ops/adam/fused_adam_op*.so | grep -q sm_70",
        CODE,
        exclusive_resources=OP_OF_NODE2,
    ),
    _edited(
        "deepspeed-op-incompatible",
        "An op's own test of the machine fails (in the lab, it is edited to).",
        f"sed -i 's/^class FusedAdamBuilder.*/&\\n    def is_compatible(self, verbose=False): return False/' "
        f"{OWN}/ops/op_builder/fused_adam.py",
        f"grep -q 'return False' {OWN}/ops/op_builder/fused_adam.py",
        "deepspeed/declared_op_is_compatible[fused_adam]",
        node="node2",
    ),
    Fault(
        name="deepspeed-another-first",
        cause="pip install --user deepspeed, by root: it comes before the environment's own.",
        node="node2",
        inject=(
            "mkdir -p /root/.local/lib/python3.11/site-packages",
            f"cp -r {OWN} /root/.local/lib/python3.11/site-packages/",
        ),
        verify="[ -d /root/.local/lib/python3.11/site-packages/deepspeed ]",
        failing_checks=(
            "deepspeed/paths_are_of_the_declared_environment",
            "env/account_has_no_packages_of_its_own[root]",
        ),
        reasons=("it lies there",),
        converge_repairs=False,
        undo=("rm -r /root/.local/lib",),
    ),
    Fault(
        name="deepspeed-without-ninja",
        cause="ninja was taken for the system's own, and deleted.",
        node="node1",
        inject=(f"rm -r {SITE}/ninja",),
        verify=f"! [ -e {SITE}/ninja ]",
        failing_checks=("deepspeed/ninja_is_there", "env/wheel_is_whole[ninja]"),
        reasons=("its files are missing",),
        plan=("env | wheels of dis",),
        converge_repairs=True,
    ),
    Fault(
        name="deepspeed-without-libaio",
        cause="The header package was removed with other -dev packages.",
        node="node1",
        runs_on=DEBIAN,
        inject=("dpkg --force-depends --remove libaio-dev",),
        verify="! [ -e /usr/include/libaio.h ]",
        failing_checks=("deepspeed/async_io_is_compatible", "host/package_is_installed[libaio-devel]"),
        reasons=("it is a declared package",),
        plan=("host | packages",),
        converge_repairs=True,
    ),
)
CONTROLS = (
    Fault(
        name="control-deepspeed-job-files",
        cause="A job's scripts lie beside the hostfile.",
        node="node1",
        inject=("echo '# train' > /job/train.py",),
        verify="[ -e /job/train.py ]",
        failing_checks=(),
        converge_repairs=False,
        undo=("rm /job/train.py",),
    ),
)

FAULTS = WHEEL + CONTROLS
