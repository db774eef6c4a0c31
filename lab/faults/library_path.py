"""Every way to put another CUDA library before torch's own, on one node."""

from lab.faults.common import ENDS, INHERITED, SITE, TERMINALS, WITH_STANDARD_STACK
from lab.faults.fault import Fault

FILES = "cuda/loader_s_variables_are_in_no_start_up_file"
STARTUP = ("cuda | start-up files",)


def declared_path(*ways: str) -> tuple[str, ...]:
    """Return the check of what the loader is told, for each way."""
    return tuple(f"cuda/loader_variables_are_unset[{way}]" for way in ways)


def first(*ways: str) -> tuple[str, ...]:
    """Return the check of what the loader takes, for each way."""
    return tuple(f"cuda/nothing_comes_before_torch_s_own_libraries[{way}]" for way in ways)


def _line(
    name: str, cause: str, file: str, failing_checks: tuple[str, ...], *, node: str = "node1", line: str = ""
) -> Fault:
    """Return a start-up file that sets the loader's path; appended."""
    text = line or "export LD_LIBRARY_PATH=/opt/old-cuda/lib64"
    return Fault(
        name=name,
        cause=cause,
        node=node,
        inject=(f"echo '{text}' >> {file}",),
        verify=f"grep -qxF '{text}' {file}",
        failing_checks=failing_checks,
        reasons=(INHERITED,) * (len(failing_checks) - 1),
        plan=STARTUP,
        converge_repairs=True,
        exclusive_resources=(file,),
    )


OLD = (
    "mkdir -p /opt/old-cuda/lib64 && cd /opt/old-cuda/lib64 && printf 'libcublas.so.11 { global: *; };' > map && "
    "echo 'int cublasCreate_v2(void) { return 1; }' | gcc -shared -fPIC -x c -Wl,-soname,libcublas.so.11 "
    "-Wl,--version-script,map -o libcublas.so.11 - && rm map"
)
OF_BASHRC = ("interactive shell, root", "login shell, root", "ssh command, root")  # Debian's has no guard
LINES = (
    Fault(
        name="cuda-library-before-torch",
        cause="The guide's export line in root's .bashrc, with an older toolkit behind it.",
        node="node1",
        inject=(OLD, "echo 'export LD_LIBRARY_PATH=/opt/old-cuda/lib64' >> /root/.bashrc"),
        verify="grep -q ^export.LD_LIBRARY_PATH /root/.bashrc",
        failing_checks=(
            *first(*OF_BASHRC),
            f"{FILES}[root]",
            *declared_path(*OF_BASHRC),
            "env/command_over_ssh_has_no[LD_LIBRARY_PATH]",
        ),
        reasons=(INHERITED, INHERITED, "it stands there", *["it is told so"] * 3, "bash reads it for ssh as well"),
        plan=STARTUP,
        converge_repairs=True,
        cleanup=("rm -rf /opt/old-cuda",),
    ),
    _line(
        "cuda-path-in-bashrc-of-a-user",
        "The guide's export line, in a user's .bashrc.",
        "/home/train/.bashrc",
        (f"{FILES}[train]", *declared_path("interactive shell, train")),
        node="node2",
    ),
    _line(
        "cuda-path-in-profile",
        "An export line in root's .profile.",
        "/root/.profile",
        (f"{FILES}[root]", *declared_path("login shell, root", "interactive shell, root")),
        node="node2",
    ),
    _line(
        "cuda-path-in-zshenv",
        "A user's .zshenv, on a node without zsh.",
        "/home/train/.zshenv",
        (f"{FILES}[train]",),
    ),
    _line(
        "cuda-path-in-profile-d",
        "A toolkit's own script in /etc/profile.d.",
        "/etc/profile.d/old-cuda.sh",
        declared_path(*TERMINALS),
        node="node2",
    ),
    _line(
        "cuda-path-in-bash-bashrc",
        "An export line for everybody, in /etc/bash.bashrc.",
        "/etc/bash.bashrc",
        declared_path("interactive shell, root", "interactive shell, train"),
    ),
    _line(
        "cuda-path-in-environment",
        "LD_LIBRARY_PATH in /etc/environment, for all.",
        "/etc/environment",
        (
            "env/command_over_ssh_has_no[LD_LIBRARY_PATH]",
            *declared_path("ssh command, root"),
        ),
        line="LD_LIBRARY_PATH=/opt/old-cuda/lib64",
    ),
    Fault(
        name="cuda-preload-in-environment",
        cause="Another toolkit's library is preloaded, in every program.",
        node="node2",
        runs_on=WITH_STANDARD_STACK,
        inject=(
            f"mkdir -p /opt/old-cudart && cp {SITE}/nvidia/cuda_runtime/lib/libcudart.so.11.0 /opt/old-cudart/",
            "echo LD_PRELOAD=/opt/old-cudart/libcudart.so.11.0 >> /etc/environment",
        ),
        verify="grep -q ^LD_PRELOAD /etc/environment",
        failing_checks=(
            "env/mapped_cuda_libraries_are_torch_s_own",
            "env/command_over_ssh_has_no[LD_PRELOAD]",
            *declared_path("ssh command, root"),
            *first("ssh command, root"),
            "env/mapped_cuda_libraries_are_their_wheels_own",
            "env/mapped_libraries_are_the_same_on_all_nodes",
            ENDS,
        ),
        reasons=("it is set there", INHERITED, INHERITED, "no wheel brought it", "only one node has it", "ranks, too"),
        plan=STARTUP,
        converge_repairs=True,
        cleanup=("rm -rf /opt/old-cudart",),
    ),
    Fault(
        name="cuda-path-in-units",
        cause="DefaultEnvironment of systemd, so that services find the toolkit.",
        node="node1",
        inject=(
            "mkdir -p /etc/systemd/system.conf.d",
            "printf '[Manager]\\nDefaultEnvironment=LD_LIBRARY_PATH=/opt/old-cuda/lib64\\n' "
            "> /etc/systemd/system.conf.d/old-cuda.conf",
            "systemctl daemon-reexec",
        ),
        verify="grep -q ^DefaultEnvironment=LD_ /etc/systemd/system.conf.d/old-cuda.conf",
        failing_checks=declared_path("systemd unit, root"),
        plan=STARTUP,
        converge_repairs=True,
        cleanup=("rm -f /etc/systemd/system.conf.d/old-cuda.conf",),
    ),
    Fault(
        name="cuda-path-in-activation",
        cause="A hook of conda's, from a blog.",
        node="node2",
        inject=(
            "mkdir -p /opt/anaconda3/envs/dis/etc/conda/activate.d",
            "echo 'export LD_LIBRARY_PATH=/opt/old-cuda/lib64' "
            "> /opt/anaconda3/envs/dis/etc/conda/activate.d/old-cuda.sh",
        ),
        verify="grep -q ^export /opt/anaconda3/envs/dis/etc/conda/activate.d/old-cuda.sh",
        failing_checks=("cuda/activation_sets_no_loader_variables",),
        plan=STARTUP,
        converge_repairs=True,
        cleanup=("rm -f /opt/anaconda3/envs/dis/etc/conda/activate.d/old-cuda.sh",),
    ),
)
LOADER = (
    Fault(
        name="cuda-library-preloaded",
        cause="A library of CUDA's in /etc/ld.so.preload, to get round another fault.",
        node="node2",
        runs_on=WITH_STANDARD_STACK,
        inject=(
            f"mkdir -p /opt/old-preload && cp {SITE}/nvidia/cuda_runtime/lib/libcudart.so.11.0 /opt/old-preload/",
            "echo /opt/old-preload/libcudart.so.11.0 >> /etc/ld.so.preload",
        ),
        verify="grep -q old-preload /etc/ld.so.preload",
        failing_checks=("cuda/nothing_is_preloaded",),
        plan=("cuda | ld.so's configuration",),
        converge_repairs=True,
        cleanup=("rm -rf /opt/old-preload",),
    ),
    Fault(
        name="cuda-library-cached",
        cause="An older toolkit's file in /etc/ld.so.conf.d.",
        node="node1",
        inject=(
            OLD.replace("old-cuda", "old-cached"),
            "echo /opt/old-cached/lib64 > /etc/ld.so.conf.d/000-old-cuda.conf && ldconfig",
        ),
        verify="ldconfig -p | grep -q /opt/old-cached/lib64",
        failing_checks=("cuda/loader_s_cache_has_no_other_toolkit",),
        plan=("cuda | ld.so's configuration",),
        converge_repairs=True,
        cleanup=("rm -rf /opt/old-cached /etc/ld.so.conf.d/000-old-cuda.conf",),
    ),
    Fault(
        name="cuda-library-beside-torch",
        cause="A library was copied beside torch's own, from a forum's advice.",
        node="node2",
        runs_on=WITH_STANDARD_STACK,
        inject=(f"cp {SITE}/nvidia/cuda_runtime/lib/libcudart.so.11.0 {SITE}/torch/lib/libcudart.so.11.2",),
        verify=f"[ -e {SITE}/torch/lib/libcudart.so.11.2 ]",
        failing_checks=("cuda/environment_holds_no_strays",),
        plan=("deepspeed | strays in dis",),
        converge_repairs=True,
    ),
)

FAULTS = LINES + LOADER
