"""The profile of the plan tests, and what a node looks like that is as it says; written by hand, never computed."""

from tests.plan.machine import ENV, PREFIX, WHOLE, File, Key, Machine

LOCK = f"""\
Conda-1.sh 10 {"1" * 64} lab
uv-0.5.0-py3-none-any.whl 10 {"2" * 64} lab
torch-2.0.1+cu117-cp310-cp310-linux_x86_64.whl 10 {"3" * 64} lab
numpy-1.26.4-cp310-cp310-linux_x86_64.whl 10 {"4" * 64} lab
"""
OPERATOR = "ssh-ed25519 AAAAoperator ann@desk"
PROFILE = f"""\
from pathlib import Path

from trueup.spec.model import Account
from trueup.spec.shipped import LAB

_access = LAB.access.model_copy(update={{
    "accounts": (Account(name="root", home="/root"), Account(name="train", home="/home/train")),
    "mesh": MESH, "exclusive": False, "operator_keys": ({OPERATOR!r},),
}})
_host = LAB.host.model_copy(update={{
    "packages": ("alsa-lib", "libaio-devel", "gcc-c++"), "memlock_kib": "unlimited", "nofile": 65536, "shm_mib": 16384,
    "time_servers": ("10.0.0.250",),
}})
_conda = LAB.conda.model_copy(update={{"installer": "Conda-1.sh", "prefix": {PREFIX!r}, "init_for": ("train",)}})
_env = LAB.env.model_copy(update={{"name": "dis", "python": "3.10"}})
PLAN = LAB.model_copy(update={{
    "lock": str(Path(__file__).with_name("plan.lock")),
    "access": _access, "host": _host, "conda": _conda, "env": _env,
}})
"""
# The one node that others accept keys from.
ANCHOR = "anchor"

_DEB = ("curl", "ca-certificates", "libasound2", "libaio-dev", "g++", "chrony")
_T64 = ("curl", "ca-certificates", "libasound2t64", "libaio-dev", "g++", "chrony")
_EL = ("curl", "ca-certificates", "alsa-lib", "libaio-devel", "gcc-c++", "chrony")
PACKAGES = {
    ("debian", "11"): _DEB,
    ("debian", "12"): _DEB,
    ("debian", "13"): _T64,
    ("ubuntu", "20.04"): _DEB,
    ("ubuntu", "22.04"): _DEB,
    ("ubuntu", "24.04"): _T64,
    ("centos", "7"): _EL,
    ("rocky", "8.10"): _EL,
    ("rocky", "9.4"): _EL,
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
    machine.packages = dict.fromkeys([*PACKAGES[os_id, version], "bash"], "ii ")
    machine.shm_mib = 16384
    unit, conf = machine.time
    machine.services[unit] = ("active", "enabled")
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
    return machine


__all__ = ["ANCHOR", "ENV", "LOCK", "OPERATOR", "PACKAGES", "PROFILE", "bare", "block", "converged"]
