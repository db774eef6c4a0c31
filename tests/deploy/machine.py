"""A made-up node: what it holds, as the answers that its tools would print."""

import json
from dataclasses import dataclass, field
from shlex import quote

PREFIX = "/opt/conda"
ENV = f"{PREFIX}/envs/dis"
WHOLE = {"installer": "uv", "damaged": None}


@dataclass
class File:
    """A path; content as text, mode in octal."""

    content: str = ""
    mode: str = "644"
    owner: str = "root"
    group: str = "root"
    kind: str = "regular file"

    @property
    def answer(self) -> list[str]:
        """stat's line, then the file's."""
        return [f"{self.kind}|{self.mode}|{self.owner}|{self.group}", *self.content.removesuffix("\n").split("\n")]


@dataclass
class Key:
    """A key pair of an account: public without its comment; published: what the .pub file says."""

    public: str
    published: str | None
    private: str = "600 root root"


@dataclass
class Machine:
    """A node as its tools describe it; as it stands here it is bare."""

    name: str
    os_id: str = "debian"
    version: str = "12"
    packages: dict[str, str] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    accounts: dict[str, tuple[str, str]] = field(default_factory=lambda: {"root": ("/root", "root")})
    keys: dict[str, Key] = field(default_factory=dict)
    host_keys: list[str] = field(default_factory=list)
    services: dict[str, tuple[str, str]] = field(default_factory=dict)
    shm_mib: int = 32000
    firewall: list[str] = field(default_factory=lambda: ["none"])
    labels: list[str] = field(default_factory=list)
    conda: str = "absent"
    python: str = "absent"
    wheels: dict[str, dict[str, object]] = field(default_factory=dict)
    driver: list[str] = field(default_factory=lambda: ["kernel 6.1.0"])
    toolkit: list[str] = field(default_factory=list)
    repository_key: str = ""
    startup: list[str] = field(default_factory=list)
    loader: list[str] = field(default_factory=lambda: ["end"])
    strays: list[str] = field(default_factory=list)
    deepspeed: list[str] = field(default_factory=list)
    interfaces: list[str] = field(default_factory=lambda: ["eth0", "lo"])
    boot_id: str = "a-boot"
    maintenance: str | None = None

    @property
    def apt(self) -> bool:
        """Debian's family."""
        return self.os_id in ("debian", "ubuntu")

    @property
    def manager(self) -> str:
        """The command that installs packages."""
        return "apt" if self.apt else "yum" if self.version.split(".")[0] == "7" else "dnf"

    @property
    def time(self) -> tuple[str, str]:
        """chrony's unit and file in this family."""
        return ("chrony", "/etc/chrony/chrony.conf") if self.apt else ("chronyd", "/etc/chrony.conf")

    @property
    def key_path(self) -> str:
        """The file of NVIDIA's key in this family."""
        return "/etc/apt/keyrings/trueup-cuda.asc" if self.apt else "/etc/pki/rpm-gpg/RPM-GPG-KEY-trueup-cuda"

    def responses(self) -> dict[str, list[str]]:
        """What each question prints, by a part of its command; the first that fits is the answer."""
        answers: dict[str, list[str]] = {
            f"if [ -e {quote(path)} ]; then LC_ALL=C stat": file.answer for path, file in self.files.items()
        }
        for name in ("root", "train"):
            actual = self.accounts.get(name)
            line = [f"{name}:x:0:0::{actual[0]}:/bin/bash", actual[1]] if actual else ["absent"]
            answers[f"getent passwd {name})"] = line
        for path, key in self.keys.items():
            public = [f"public {key.published}"] if key.published is not None else []
            answers[f"cat {path} | ssh-keygen"] = [
                f"private {key.private}",
                f"derived {key.public}",
                *public,
                "end",
            ]
        answers["ssh-keygen -y -P ''"] = ["end"]
        answers["LC_ALL=C stat -c '%F"] = ["absent"]
        for unit in ("chronyd", "chrony", "nvidia-persistenced"):
            active, enabled = self.services.get(unit, ("inactive", ""))
            answers[f"UnitFileState {unit}"] = [f"ActiveState={active}", f"UnitFileState={enabled}"]
        return {
            "/proc/driver/nvidia/version": self.driver,
            "cat /etc/os-release": [f'ID="{self.os_id}"', f'VERSION_ID="{self.version}"'],
            "Status-Abbrev}|" if self.apt else "'ii |%{NAME}": [
                f"{state}|{name}" for name, state in self.packages.items()
            ],
            "/etc/ssh/ssh_host_*_key.pub": self.host_keys,
            "df -kP /dev/shm": [f"tmpfs {self.shm_mib * 1024} 0 0 0% /dev/shm"],
            "command -v firewall-cmd": self.firewall,
            "command -v getenforce": self.labels,
            f"if [ -e {PREFIX}.trueup-installing ]": [self.conda],
            "python_version()": [self.python],
            "first_damage": [json.dumps(self.wheels)],
            "/bin/nvcc": self.toolkit,
            f"test -e {self.key_path} &&": ([f"{self.repository_key}  {self.key_path}"] if self.repository_key else []),
            "show() {": self.startup,
            "/etc/ld.so.preload ]": self.loader,
            "stray files as a JSON list": [json.dumps(self.strays)],
            "git_version_info_installed": self.deepspeed,
            "ls /sys/class/net": self.interfaces,
            "/proc/sys/kernel/random/boot_id": [self.boot_id],
            **answers,
        }
