"""ansible-core as a contender: an environment of its own, the playbook of bench/ansible, and the values of each node.

The values come from a converged node, of which pyinfra's plan has just said that it is as declared: so both want one
state. check() holds it to that: no change there, and the same things found when ten are changed.
"""

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from shlex import quote
from typing import Any

from bench import measure
from bench.facts import Endpoint
from trueup.declaration import LAB
from trueup.remote_shell import Shell

HERE = Path(__file__).parent
REQUIREMENTS = HERE / "requirements.txt"
PLAYBOOK = HERE / "ansible/site.yml"
WHEELS = HERE.parent / "deploy/node/wheel_records.py"
ENV = f"{LAB.conda.prefix}/envs/{LAB.env.name}"
TEXTS = (
    *("/etc/ssh/ssh_known_hosts", "/etc/hosts", "/etc/security/limits.d/90-trueup.conf", "/etc/fstab"),
    *("/etc/modprobe.d/trueup-nouveau.conf", "/etc/nccl.conf", "/job/hostfile", "/etc/environment"),
    "/etc/profile.d/trueup-cuda.sh",
    *(f"{each.home}/{name}" for each in LAB.access.accounts for name in (".ssh/authorized_keys", ".deepspeed_env")),
    *(f"{each.home}/.bashrc" for each in LAB.access.accounts if each.name in LAB.conda.init_for),
)


@dataclass(frozen=True)
class Text:
    """A file that is managed whole."""

    path: str
    content: str
    user: str
    mode: str


def program(cache: Path) -> Path:
    """ansible-playbook, in an environment of the bench's own, by hash."""
    place = cache / "ansible"
    if not (found := place / "bin/ansible-playbook").is_file():
        uv = str(Path(sys.executable).with_name("uv"))
        measure.run([uv, "venv", "-q", "--clear", "--python", sys.executable, str(place)])
        install = [uv, "pip", "install", "-q", "--require-hashes", "-r", str(REQUIREMENTS)]
        measure.run(install, env={**os.environ, "VIRTUAL_ENV": str(place)})
    return found


def values(shell: Shell) -> dict[str, Any]:
    """What the playbook is to hold the node to."""
    stat = shell.run("stat -c '%n %U %a' " + " ".join(TEXTS)).text.splitlines()
    owners = {path: (user, mode) for path, user, mode in map(str.split, stat)}
    texts = [Text(path, shell.run(f"cat {path}").text, *owner) for path, owner in owners.items()]
    held = shell.run("apt-mark showhold").text.split()
    rows = shell.run("dpkg-query -W -f '${db:Status-Status} ${Package} ${Version}\\n'").text.splitlines()
    wanted = {*held, "openssh-server", "openssh-client", "chrony", "g++-11", "libaio-dev", "g++"}
    wheels = shell.run(f"{ENV}/bin/python -I -S -B -", stdin=WHEELS.read_bytes(), timeout=120)
    homes = " ".join(f"{each.home}/.bashrc {each.home}/.profile" for each in LAB.access.accounts)
    return {
        "ansible_python_interpreter": f"{LAB.conda.prefix}/bin/python",
        "accounts": [{"name": each.name, "home": each.home} for each in LAB.access.accounts],
        "texts": [asdict(text) for text in texts],
        "packages": [{"name": row.split()[1], "row": row} for row in rows if row.split()[1] in wanted],
        "pass": held,
        "services": ["chrony", "nvidia-persistenced"],
        "shm_bytes": int(shell.run("findmnt -bno SIZE /dev/shm").text),
        "link": {"path": "/usr/local/cuda", "target": shell.run("readlink /usr/local/cuda").text.strip()},
        "absent": [f"{ENV}/.trueup-uv-cache", "/var/cache/trueup", "/etc/ld.so.preload"],
        "startup": homes.split(),
        "conda": LAB.conda.prefix,
        "env": ENV,
        "wheels_script": WHEELS.read_text(),
        "expected_wheels": json.loads(wheels.text),
        "interface": "eth0",
    }


def write(place: Path, endpoints: list[Endpoint]) -> None:
    """Inventory, values and settings, in a folder."""
    rows = []
    (place / "host_vars").mkdir(parents=True, exist_ok=True)
    for e in endpoints:
        with Shell(e.target, 60) as shell:
            (place / f"host_vars/{e.name}.json").write_text(json.dumps(values(shell)))
        ssh = f"-o UserKnownHostsFile={e.known_hosts}"
        rows.append(
            f"{e.name} ansible_host={e.address} ansible_port={e.port} ansible_user={e.user} "
            f"ansible_ssh_private_key_file={e.key} ansible_ssh_common_args={quote(ssh)}"
        )
    (place / "hosts").write_text("[nodes]\n" + "\n".join(rows) + "\n")
    (place / "ansible.cfg").write_text("[defaults]\nnocolor = true\n[ssh_connection]\npipelining = true\n")


def play(playbook: Path, place: Path, *options: str) -> dict[str, set[str]]:
    """One run; node -> the tasks that changed something, or would (`--check`)."""
    environment = {**os.environ, "ANSIBLE_CONFIG": str(place / "ansible.cfg"), "ANSIBLE_HOME": str(place / "home")}
    command = [str(playbook), "-i", str(place / "hosts"), *options, str(PLAYBOOK)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=580, check=False)
    if done.returncode != 0:
        raise measure.Failed(f"ansible-playbook: found status {done.returncode}: {(done.stdout + done.stderr)[-3000:]}")
    changed: dict[str, set[str]] = {}
    task = ""
    for line in done.stdout.splitlines():
        if line.startswith("TASK ["):
            task = line.removeprefix("TASK [").partition("]")[0]
        elif line.startswith("changed: ["):
            node, _, rest = line.removeprefix("changed: [").partition("]")
            label = rest.partition("(item=")[2].removesuffix(")")
            changed.setdefault(node, set()).add(f"{task}: {label}" if task == "files" else task)
    return changed


def quiet(playbook: Path, place: Path) -> None:
    """One run that must change nothing."""
    if changed := play(playbook, place):
        raise measure.Failed(f"ansible changes what pyinfra's plan finds in order: {changed}")
