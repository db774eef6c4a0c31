"""The NVIDIA driver: nouveau away, one branch and flavour, held, persistent, and loaded."""

from pyinfra.api.deploy import deploy
from pyinfra.context import host as here

from deploy.facts.driver import DriverState
from deploy.operations import driver, files, host
from deploy.operations import reboot as operation
from trueup.spec.distros import Distro
from trueup.spec.inventory import Node
from trueup.spec.lock import Lock
from trueup.spec.model import Driver

# A server with eight GPUs and a terabyte of memory to test needs minutes to boot.
DEADLINE_S = 900
NOUVEAU = "/etc/modprobe.d/trueup-nouveau.conf"
# NVIDIA's driver installation guide, "Disabling Nouveau".
DENIAL = "blacklist nouveau\noptions nouveau modeset=0\n"


@deploy("driver")
def apply(want: Driver, distro: Distro, lock: Lock, node: Node) -> None:
    """Packages or a runfile; the reboot comes last, in reboot()."""
    denial = files.text_file(name="nouveau denied", path=NOUVEAU, content=DENIAL)
    driver.initramfs(name="initramfs", command=distro.driver.initramfs, _if=denial.did_change)
    if want.runfile is None:
        driver.packages(name="packages", want=want, distro=distro)
        driver.hold(name="held from upgrades", distro=distro)
    else:
        driver.runfile(name="runfile", want=want, artifact=lock.artifact(want.runfile), mirror=node.mirror)
    host.running(name="persistence daemon", unit="nvidia-persistenced")


@deploy("driver")
def reboot(want: Driver, distro: Distro) -> None:
    """One node at a time, only where it is allowed, never the controller; else the run ends by naming the node."""

    def is_needed() -> bool:
        needed = driver.needs_reboot(here.get_fact(DriverState, manager=distro.manager))
        return want.reboot and bool(needed) and not operation.is_controller()

    operation.reboot(name="reboot", deadline_s=DEADLINE_S, _serial=True, _if=is_needed)
    driver.reboot_asked_for(name="reboot needed", want=want, distro=distro)
