"""The profile of the plan tests, and what a node looks like that is as it says; written by hand, never computed."""

from tests.deploy.machine import PREFIX, WHOLE, File, Key, Machine

LOCK = f"""\
Anaconda3-2023.09-0-Linux-x86_64.sh 10 {"1" * 64} lab
uv-0.5.0-py3-none-any.whl 10 {"2" * 64} lab
torch-2.0.1+cu117-cp310-cp310-linux_x86_64.whl 10 {"3" * 64} lab
numpy-1.26.4-cp310-cp310-linux_x86_64.whl 10 {"4" * 64} lab
deepspeed-0.14.5.tar.gz 10 {"5" * 64} lab
3bf863cc.pub 10 {"a" * 64} lab
D42D0685.pub 10 {"b" * 64} lab
NVIDIA-Linux-x86_64-580.95.05.run 10 {"e" * 64} lab
"""
OPERATOR = "ssh-ed25519 AAAAoperator ann@desk"
PROFILE = f"""\
from pathlib import Path

from trueup.declaration import Account
from trueup.declaration import LAB

_access = LAB.access.model_copy(update={{
    "accounts": (Account(name="root", home="/root"), Account(name="train", home="/home/train")),
    "mesh": MESH, "exclusive": False, "operator_keys": ({OPERATOR!r},),
}})
_host = LAB.host.model_copy(update={{
    "packages": ("alsa-lib", "libaio-devel", "gcc-c++"), "memlock_kib": "unlimited", "nofile": 65536, "shm_mib": 16384,
}})
_conda = LAB.conda.model_copy(update={{
    "installer": "Anaconda3-2023.09-0-Linux-x86_64.sh", "prefix": {PREFIX!r},
    "init_for": ("train",),
}})
_env = LAB.env.model_copy(update={{"name": "dis", "python": "3.10"}})
PLAN = LAB.model_copy(update={{
    "lock": str(Path(__file__).with_name("plan.lock")),
    "access": _access, "host": _host, "time": LAB.time.model_copy(update={{"servers": ("10.0.0.250",)}}),
    "conda": _conda, "env": _env,
}})
"""
# The one node that others accept keys from.
ANCHOR = "anchor"

MIRROR = "http://10.0.0.9:8713"
_TOOLS = ("curl", "ca-certificates", "chrony")
_DEB = (*_TOOLS, "libasound2", "libaio-dev", "g++")
_T64 = (*_TOOLS, "libasound2t64", "libaio-dev", "g++")
_EL = (*_TOOLS, "alsa-lib", "libaio-devel", "gcc-c++")
PACKAGES = {
    ("debian", "11"): _DEB,
    ("debian", "12"): _DEB,
    ("debian", "13"): _T64,
    ("ubuntu", "20.04"): _DEB,
    ("ubuntu", "22.04"): _DEB,
    ("ubuntu", "24.04"): _T64,
    **dict.fromkeys([("centos", "7"), ("rhel", "7.9"), ("rocky", "8.10"), ("rocky", "9.4")], _EL),
    **dict.fromkeys([("almalinux", "8.9"), ("almalinux", "9.5"), ("rhel", "8.10"), ("rhel", "9.4")], _EL),
}
_TOOLSET = "/opt/rh/devtoolset-9/root/usr/bin"
# Where the distribution's own compiler is too old or too new for nvcc 11.8: package, C, C++.
COMPILERS = {
    ("debian", "12"): ("g++-11", "/usr/bin/gcc-11", "/usr/bin/g++-11"),
    ("ubuntu", "24.04"): ("g++-11", "/usr/bin/gcc-11", "/usr/bin/g++-11"),
    ("centos", "7"): ("devtoolset-9-gcc-c++", f"{_TOOLSET}/gcc", f"{_TOOLSET}/g++"),
    ("rhel", "7.9"): ("devtoolset-9-gcc-c++", f"{_TOOLSET}/gcc", f"{_TOOLSET}/g++"),
}


def block(*lines: str) -> str:
    """Our marked block."""
    return "\n".join(["# BEGIN trueup", *lines, "# END trueup", ""])


def bare(name: str, os_id: str, version: str) -> Machine:
    """A node as its distribution installs it."""
    machine = Machine(name, os_id, version, host_keys=[f"ssh-ed25519 HOST{name} root@image"])
    machine.packages = {"bash": "ii "}
    machine.files = {"/root": File(kind="directory", mode="700"), "/etc/hosts": File("127.0.0.1 localhost\n")}
    machine.files["/etc/fstab"] = File("UUID=1 / ext4 defaults 0 1\n")
    return machine


def converged(name: str, os_id: str, version: str, fleet: dict[str, str]) -> Machine:
    """The same as the profile wants it; fleet: every node's address by its name."""
    machine = bare(name, os_id, version)
    machine.accounts["train"] = ("/home/train", "train")
    machine.packages = dict.fromkeys([*PACKAGES[os_id, version], "bash", "cuda-toolkit-11-8"], "ii ")
    if (os_id, version) in COMPILERS:
        machine.packages[COMPILERS[os_id, version][0]] = "ii "
    machine.shm_mib = 16384
    unit, conf = machine.time
    machine.services |= {unit: ("active", "enabled"), "nvidia-persistenced": ("active", "enabled")}
    for account, home, group in (("root", "/root", "root"), ("train", "/home/train", "train")):
        owned = {"owner": account, "group": group}
        path = f"{home}/.ssh/id_ed25519"
        body = f"ssh-ed25519 KEY{name}{account}"
        machine.keys[path] = Key(body, f"{body} {name}", f"600 {account} {group}")
        accepted = [f"ssh-ed25519 KEY{ANCHOR}{account} {ANCHOR}"] if name != ANCHOR else []
        machine.files |= {
            home: File(kind="directory", mode="755", **owned),
            f"{home}/.ssh": File(kind="directory", mode="700", **owned),
            f"{home}/.ssh/authorized_keys": File(
                "ssh-rsa THEIRS somebody\n" + block(*accepted, OPERATOR), mode="600", **owned
            ),
        }
    pinned = [f"{each},{fleet[each]} ssh-ed25519 HOST{each}" for each in sorted(fleet)]
    machine.files |= {
        "/etc/ssh/ssh_known_hosts": File(block(*pinned)),
        "/etc/hosts": File(
            "127.0.0.1 localhost\n" + block(*(f"{address} {each}" for each, address in sorted(fleet.items())))
        ),
        "/etc/fstab": File("UUID=1 / ext4 defaults 0 1\n" + block("tmpfs /dev/shm tmpfs defaults,size=16384m 0 0")),
        "/etc/security/limits.d/90-trueup.conf": File(
            "* - memlock unlimited\n* - nofile 65536\nroot - memlock unlimited\nroot - nofile 65536\n"
        ),
        conf: File("driftfile /var/lib/chrony/drift\n" + block("server 10.0.0.250 iburst")),
        "/home/train/.bashrc": File(f"# >>> conda initialize >>>\n{PREFIX}/bin/conda\n", owner="train", group="train"),
    }
    machine.conda, machine.python = "conda 23.7.4", "3.10.13"
    machine.wheels = {
        "torch": {"version": "2.0.1+cu117", **WHOLE},
        "numpy": {"version": "1.26.4", **WHOLE},
        "setuptools": {"version": "68.0", "installer": "conda", "damaged": None},
        "deepspeed": {"version": "0.14.5", **WHOLE},
    }
    of_nvidia(machine, sorted(fleet))
    return machine


# What the proprietary driver is called in NVIDIA's repository of each family, as far as it matters here.
DRIVERS = {
    "apt": ("nvidia-kernel-dkms", "nvidia-driver-pinning-580", "cuda-drivers-580"),
    "dnf": ("kmod-nvidia-latest-dkms", "nvidia-driver"),
    "yum": ("kmod-nvidia-branch-580", "nvidia-driver-branch-580"),
}


def driver_lines(machine: Machine) -> list[str]:
    """A driver that is installed, held and loaded."""
    packages = DRIVERS[machine.manager]
    return [
        "loaded NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.95.05  Tue Sep 23 10:11:16 UTC 2025",
        "kernel 6.1.0",
        "headers yes",
        *(["stream 580-dkms"] if machine.manager == "dnf" else []),
        "daemon /usr/bin/nvidia-persistenced --user nvpd",
        *(f"package {name} 580.95.05-1" for name in packages),
        *(f"held {name}" for name in packages),
    ]


def of_nvidia(machine: Machine, names: list[str]) -> None:
    """Driver, toolkit, DeepSpeed and what NCCL is told."""
    machine.driver = driver_lines(machine)
    machine.toolkit = ["release 11.8", "link /usr/local/cuda-11.8"]
    machine.repository_key = ("a" if machine.apt else "b") * 64
    machine.deepspeed = [
        "info|version='0.14.5'",
        "info|accelerator_name='cuda'",
        "info|installed_ops={'fused_adam': True, 'cpu_adam': False}",
        "info|torch_info={'version': '2.0', 'cuda_version': '11.7'}",
        "op|fused_adam|sm_80 ",
    ]
    own = (machine.os_id, machine.version)
    ccbin = f"NVCC_PREPEND_FLAGS=-ccbin={COMPILERS[own][2]}\n" if own in COMPILERS else ""
    export = f"export {ccbin}" if ccbin else ""
    beside = f"CC={COMPILERS[own][1]}\nCUDA_HOME=/usr/local/cuda\nCXX={COMPILERS[own][2]}\n" if ccbin else None
    for account, home in (("root", "/root"), ("train", "/home/train")):
        text = beside or "CUDA_HOME=/usr/local/cuda\n"
        machine.files[f"{home}/.deepspeed_env"] = File(text, owner=account, group=account)
    if machine.apt:
        folder = f"apt/{machine.os_id}{machine.version.replace('.', '')}"
        machine.files["/etc/apt/sources.list.d/trueup-cuda.sources"] = File(
            f"Types: deb\nURIs: {MIRROR}/{folder}/x86_64/\nSuites: /\nSigned-By: /etc/apt/keyrings/trueup-cuda.asc\n"
        )
    else:
        url = f"{MIRROR}/yum/rhel{machine.version.split('.')[0]}/x86_64/"
        machine.files["/etc/yum.repos.d/trueup-cuda.repo"] = File(
            f"[trueup-cuda]\nname=trueup-cuda\nbaseurl={url}\nenabled=1\ngpgcheck=1\nrepo_gpgcheck=1\n"
            "gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-trueup-cuda\n"
        )
    machine.files |= {
        "/etc/modprobe.d/trueup-nouveau.conf": File("blacklist nouveau\noptions nouveau modeset=0\n"),
        "/etc/environment": File(
            f"LANG=C\n# BEGIN trueup cuda\nCUDA_HOME=/usr/local/cuda\n{ccbin}"
            "PATH=/usr/local/cuda/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"
            "# END trueup cuda\n# BEGIN trueup nccl\nGLOO_SOCKET_IFNAME=eth0\n# END trueup nccl\n"
        ),
        "/etc/profile.d/trueup-cuda.sh": File(
            f"export CUDA_HOME=/usr/local/cuda\n{export}"
            'case ":$PATH:" in\n    *:/usr/local/cuda/bin:*) ;;\n'
            "    *) PATH=/usr/local/cuda/bin:$PATH; export PATH ;;\nesac\n"
        ),
        "/job": File(kind="directory", mode="755"),
        "/job/hostfile": File("".join(f"{name} slots=2\n" for name in names)),
        "/etc/nccl.conf": File("NCCL_DEBUG=WARN\nNCCL_SOCKET_IFNAME==eth0\n"),
    }
