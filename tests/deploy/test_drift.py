"""A good node with one thing changed: the plan is that one operation, in each family of distributions."""

from collections.abc import Callable
from pathlib import Path

from tests.deploy.fleet import addresses, run
from tests.deploy.healthy_node import ANCHOR, PROFILE, converged
from tests.deploy.machine import ENV, PREFIX, WHOLE, File, Machine

Change = Callable[[Machine], object]
FAMILIES = {"apt": ("debian", "11"), "dnf": ("rocky", "9.4"), "yum": ("centos", "7")}
SOURCES = "/etc/apt/sources.list.d/trueup-cuda.sources"
SSH = "/home/train/.ssh"


def content(path: str, old: str, new: str) -> Change:
    """Some text in a file."""

    def change(machine: Machine) -> None:
        assert old in machine.files[path].content
        machine.files[path].content = machine.files[path].content.replace(old, new)

    return change


def attribute(path: str, name: str, value: str) -> Change:
    """The mode, owner, group or kind of a file."""
    return lambda machine: setattr(machine.files[path], name, value)


def time_conf(machine: Machine) -> None:
    content(machine.time[1], "10.0.0.250", "pool.example")(machine)


def wheel(name: str, **values: object) -> Change:
    """An installed wheel."""
    return lambda machine: machine.wheels.update({name: {**machine.wheels.get(name, WHOLE), **values}})


DRIFTS: dict[str, tuple[str, Change]] = {
    "account-gone": ("access | account train", lambda m: m.accounts.pop("train")),
    "home-open": ("access | home of train", attribute("/home/train", "mode", "775")),
    "ssh-open": ("access | .ssh of train", attribute(SSH, "mode", "755")),
    "ssh-stolen": ("access | .ssh of train", attribute(SSH, "owner", "root")),
    "ssh-gone": ("access | .ssh of train", lambda m: m.files.pop(SSH)),
    "key-gone": ("access | key of train", lambda m: m.keys.pop(f"{SSH}/id_ed25519")),
    "key-open": ("access | key of train", lambda m: setattr(m.keys[f"{SSH}/id_ed25519"], "private", "644 train train")),
    "pub-gone": ("access | key of train", lambda m: setattr(m.keys[f"{SSH}/id_ed25519"], "published", None)),
    "pub-other": ("access | key of root", lambda m: setattr(m.keys["/root/.ssh/id_ed25519"], "published", "ssh-rsa X")),
    "peer-out": ("access | authorized keys of train", content(f"{SSH}/authorized_keys", f"KEY{ANCHOR}train", "OLD")),
    "no-operator": ("access | authorized keys of root", content("/root/.ssh/authorized_keys", "AAAAoperator", "B")),
    "keys-open": ("access | authorized keys of train", attribute(f"{SSH}/authorized_keys", "mode", "644")),
    "keys-root": ("access | authorized keys of train", attribute(f"{SSH}/authorized_keys", "owner", "root")),
    "pin-old": ("access | pinned host keys", content("/etc/ssh/ssh_known_hosts", f"HOST{ANCHOR}", "REINSTALLED")),
    "pin-open": ("access | pinned host keys", attribute("/etc/ssh/ssh_known_hosts", "mode", "666")),
    "name-local": ("access | names", lambda m: content("/etc/hosts", "localhost\n", f"localhost {m.name}\n")(m)),
    "name-other": ("access | names", content("/etc/hosts", f" {ANCHOR}\n", f" {ANCHOR}2\n")),
    "no-chrony": ("host | packages", lambda m: m.packages.pop("chrony")),
    # dpkg refuses everything else until it is finished, whoever left it so.
    "half": ("host | packages", lambda m: m.packages.update({"other": "iU "})),
    "limit": ("host | limits", content("/etc/security/limits.d/90-trueup.conf", "65536", "1024")),
    "limit-gone": ("host | limits", lambda m: m.files.pop("/etc/security/limits.d/90-trueup.conf")),
    "shm-now": ("host | shared memory", lambda m: setattr(m, "shm_mib", 64)),
    "shm-closed": ("host | shared memory", lambda m: m.files.update({"/dev/shm": File("", "755", kind="directory")})),
    "shm-boot": ("host | shared memory", content("/etc/fstab", "16384m", "64m")),
    "time-source": ("time | servers", time_conf),
    "time-off": ("time | service", lambda m: m.services.update({m.time[0]: ("inactive", "enabled")})),
    "time-boot": ("time | service", lambda m: m.services.update({m.time[0]: ("active", "disabled")})),
    "firewalld": ("host | ports of the collective", lambda m: setattr(m, "firewall", ["firewalld"])),
    "ufw": ("host | ports of the collective", lambda m: setattr(m, "firewall", ["ufw", "allow 22"])),
    "conda-half": ("conda | base installation", lambda m: setattr(m, "conda", "half")),
    "conda-open": ("conda | base installation", lambda m: m.files.update({PREFIX: File("", "777", kind="directory")})),
    "conda-stolen": ("conda | base installation", lambda m: m.files.update({PREFIX: File("", "755", "train")})),
    "bashrc-of-root": ("conda | conda init for train", attribute("/home/train/.bashrc", "owner", "root")),
    "no-init": ("conda | conda init for train", lambda m: m.files.pop("/home/train/.bashrc")),
    "init-old": ("conda | conda init for train", content("/home/train/.bashrc", "/opt/conda", "/opt/old")),
    "python-old": ("env | environment dis", lambda m: setattr(m, "python", "3.1.0")),
    "env-half": ("env | environment dis", lambda m: setattr(m, "python", "half")),
    "torch-other": ("env | wheels of dis", wheel("torch", version="2.0.1")),
    "torch-bent": ("env | wheels of dis", wheel("torch", damaged="torch/__init__.py")),
    "no-torch": ("env | wheels of dis", lambda m: m.wheels.pop("torch")),
    "stray-wheel": ("env | wheels of dis", wheel("nvidia-stray", version="1", installer="pip")),
    "repo-key": ("package repository | NVIDIA's packages", lambda m: setattr(m, "repository_key", "c" * 64)),
    "repo-file": ("package repository | NVIDIA's packages", content(SOURCES, "10.0.0.9", "elsewhere")),
    "nouveau": ("driver | nouveau denied", lambda m: m.files.pop("/etc/modprobe.d/trueup-nouveau.conf")),
    "unheld": ("driver | held from upgrades", lambda m: m.driver.pop()),
    "no-daemon": (
        "driver | persistence daemon",
        lambda m: m.services.update({"nvidia-persistenced": ("failed", "enabled")}),
    ),
    "not-loaded": ("driver | reboot needed", lambda m: m.driver.pop(0)),
    "no-compiler": ("cuda | compiler for nvcc", lambda m: m.packages.pop("devtoolset-9-gcc-c++", None)),
    "no-nvcc": ("cuda | toolkit 11.8", lambda m: m.toolkit.pop(0)),
    "cuda-link": ("cuda | link", lambda m: m.toolkit.append("link /usr/local/cuda-12.1")),
    "cuda-home": ("cuda | CUDA_HOME and PATH", content("/etc/environment", "CUDA_HOME=/usr/local/cuda", "X=1")),
    "cuda-login": ("cuda | CUDA_HOME and PATH", lambda m: m.files.pop("/etc/profile.d/trueup-cuda.sh")),
    "ld-path": (
        "cuda | start-up files",
        lambda m: m.startup.extend(["file|shell|/root/.bashrc|644|root|root", " export LD_LIBRARY_PATH=/x"]),
    ),
    "ld-preload": ("cuda | ld.so's configuration", lambda m: m.loader.insert(0, "preload|/usr/lib/libnccl.so.2")),
    "ld-conf": ("cuda | ld.so's configuration", lambda m: m.loader.insert(0, "entry|/etc/x.conf|/x|libcudart.so.12|")),
    "stray-library": ("deepspeed | strays in dis", lambda m: m.strays.append(f"{ENV}/lib/libcudart.so.12")),
    "ops-other": ("deepspeed | DeepSpeed 0.14.5", lambda m: m.deepspeed.append("op|fused_adam|sm_70 ")),
    "ops-none": ("deepspeed | DeepSpeed 0.14.5", lambda m: m.deepspeed.clear()),
    "ops-bent": ("deepspeed | DeepSpeed 0.14.5", wheel("deepspeed", damaged="deepspeed/__init__.py")),
    "hostfile": ("deepspeed | hostfile", content("/job/hostfile", "slots=2", "slots=1")),
    "ds-env": ("deepspeed | .deepspeed_env of train", content("/home/train/.deepspeed_env", "CUDA_HOME", "HOME")),
    "nccl-conf": ("nccl | nccl.conf", content("/etc/nccl.conf", "WARN", "INFO")),
    "gloo": ("nccl | Gloo's interface", content("/etc/environment", "SOCKET_IFNAME=eth0", "SOCKET_IFNAME=lo")),
}
# What an operator or a distribution may do without becoming drift.
NO_DRIFT: dict[str, Change] = {
    "more-packages": lambda m: m.packages.update({"vim": "ii "}),
    "held": lambda m: m.packages.update({"chrony": "hi "}) if m.apt else None,
    "more-hosts": content("/etc/hosts", "127.0.0.1 localhost\n", "127.0.0.1 localhost\n\n10.9.9.9 store # ours\n"),
    "more-keys": content(f"{SSH}/authorized_keys", "ssh-rsa THEIRS", "ssh-rsa OTHERS"),
    "home-closed": attribute("/home/train", "mode", "700"),
    "conda-newer": lambda m: setattr(m, "conda", "conda 24.1.0"),
    "conda-wheel": wheel("pip", version="24", installer="conda"),
    "more-environment": content("/etc/environment", "LANG=C\n", "LANG=C\n\nHTTP_PROXY=http://proxy\n"),
}


# What differs between the families; all else is asked of the first alone.
DIFFERS = ("no-chrony", "time-source", "time-off", "time-boot", "firewalld", "more-packages", "stray-wheel")
CASES = [("yum", "no-compiler"), *(("apt", case) for case in DRIFTS if case != "no-compiler")] + [
    (f, case) for f in ("dnf", "yum") for case in DIFFERS if case in DRIFTS
]
QUIET = [("apt", case) for case in NO_DRIFT] + [(f, "more-packages") for f in ("dnf", "yum")]


def node(family: str, case: str) -> str:
    return f"{family}-{case}"


def test_drift_plans_its_own_operation_and_nothing_else(tmp_path: Path) -> None:
    """One node for each; what the declaration does not speak of plans nothing.

    All in one run, because pyinfra spends its time on operations, not on runs.
    """
    changes = {**{case: change for case, (_, change) in DRIFTS.items()}, **NO_DRIFT}
    cases = {node(*each): each for each in [*CASES, *QUIET]}
    fleet = addresses([ANCHOR, *cases])
    machines = [converged(ANCHOR, "debian", "12", fleet)]
    for name, (family, case) in cases.items():
        machine = converged(name, *FAMILIES[family], fleet)
        changes[case](machine)
        machines.append(machine)
    actual = run(tmp_path, machines).changes()
    expected = {name: [DRIFTS[case][0]] for name, (_, case) in cases.items() if case in DRIFTS}

    assert expected == {name: operations for name, operations in actual.items() if operations}


def test_undeclared_keys_are_drift_only_where_that_is_declared(tmp_path: Path) -> None:
    """access.exclusive decides whether a key of somebody's stays."""
    name = "node1"
    machine = converged(name, "debian", "11", addresses([name]))
    actual = run(tmp_path, [machine], profile=PROFILE.replace('"exclusive": False', '"exclusive": True'))

    assert ["access | authorized keys of root", "access | authorized keys of train"] == actual.changes()[name]
