"""Whether pyinfra's site and ansible's playbook want the same: ten changes made by hand, which both must find.

    python -m bench.same_result [--inventory FILE]

It changes node1 of the lab, and converges it again afterwards.
"""

import tempfile
from pathlib import Path

import click

from bench import ansible_site, measure
from bench.accept import lab
from bench.converge import PYINFRA, SITE, pending
from trueup.remote_shell import Shell

NODE = "node1"
# What is done by hand -> the operation that would mend it, and the task.
CHANGES = {
    "echo '# x' >>/etc/nccl.conf": ("nccl | nccl.conf", "files: /etc/nccl.conf"),
    "echo 'x slots=1' >>/job/hostfile": ("deepspeed | hostfile", "files: /job/hostfile"),
    "echo '* - nofile 5' >>/etc/security/limits.d/90-trueup.conf": (
        "host | limits",
        "files: /etc/security/limits.d/90-trueup.conf",
    ),
    "echo '# x' >>/etc/modprobe.d/trueup-nouveau.conf": (
        "driver | nouveau denied",
        "files: /etc/modprobe.d/trueup-nouveau.conf",
    ),
    "chmod 755 /root/.ssh": ("access | .ssh of root", "ssh folders"),
    "chmod 777 /home/train": ("access | home of train", "homes"),
    "echo 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPq x' >>/root/.ssh/authorized_keys": (
        "access | authorized keys of root",
        "files: /root/.ssh/authorized_keys",
    ),
    "rm /home/train/.deepspeed_env": ("deepspeed | .deepspeed_env of train", "files: /home/train/.deepspeed_env"),
    "systemctl stop chrony": ("time | service", "services"),
    # Not the toolkit's link: DeepSpeed's own report then finds another nvcc, which only one of the two asks for.
    "echo '# x' >>/etc/profile.d/trueup-cuda.sh": ("cuda | CUDA_HOME and PATH", "files: /etc/profile.d/trueup-cuda.sh"),
}


@click.command()
@click.option("--inventory", default="inventory.py", show_default=True, type=click.Path(path_type=Path, exists=True))
def main(inventory: Path) -> None:
    """End with an error that names what one of the two does not find."""
    endpoints = lab()
    node = next(each for each in endpoints if each.name == NODE)
    playbook = ansible_site.program(measure.CACHE)
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        ansible_site.write(place, endpoints)
        before = pending(inventory), ansible_site.play(playbook, place, "--check")
        if before != ([], {}):
            raise measure.Failed(f"wanted a converged lab, found changes pending: {before}")
        try:
            with Shell(node.target, 60) as shell:
                for change in CHANGES:
                    if not (done := shell.run(change, timeout=60)).ok:
                        raise measure.Failed(f"{change}: {done.err_text}")
            found = set(pending(inventory)), ansible_site.play(playbook, place, "--check")
        finally:
            measure.run([PYINFRA, "-y", str(inventory), SITE])
    wanted = {f"{NODE}: {operation}" for operation, _ in CHANGES.values()}, {NODE: {t for _, t in CHANGES.values()}}
    if wanted != found:
        raise measure.Failed(f"wanted {wanted}\nfound {found}")
    print(f"pyinfra and ansible found the same {len(CHANGES)} changes, and nothing else")


if __name__ == "__main__":
    main()
