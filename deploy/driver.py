"""Install the NVIDIA driver: nouveau denied, one branch and flavour, held, loaded."""

from pyinfra.api.deploy import deploy
from pyinfra.api.exceptions import PyinfraError
from pyinfra.context import host as pyinfra_host

from deploy.fleet_context import refusals_as_pyinfra_errors
from deploy.operations import driver, driver_activation, files
from deploy.operations import reboot as operation
from trueup.declaration import Driver, Node
from trueup.lockfile import Lock
from trueup.platforms import Distro

# A server with eight GPUs and a terabyte of memory to test needs minutes to boot.
DEADLINE_S = 900
NOUVEAU = "/etc/modprobe.d/trueup-nouveau.conf"
# NVIDIA's driver installation guide, "Disabling Nouveau".
DENIAL = "blacklist nouveau\noptions nouveau modeset=0\n"
# A runfile brings the daemon and no unit for it; this is the one of NVIDIA/nvidia-persistenced, init/systemd.
DAEMON = """[Unit]
Description=NVIDIA Persistence Daemon

[Service]
Type=forking
ExecStart=/usr/bin/nvidia-persistenced
ExecStopPost=/bin/rm -rf /var/run/nvidia-persistenced

[Install]
WantedBy=multi-user.target
"""


@deploy("driver")
def apply(desired: Driver, distro: Distro, lock: Lock, node: Node) -> None:
    """Install packages or a runfile; the reboot comes last, in reboot()."""
    refuse_missing_flavour(desired, distro)
    denial = files.text_file(name="nouveau denied", path=NOUVEAU, content=DENIAL)

    def boot_is_old() -> bool:
        # A converge that was cut off wrote the file, and no initramfs.
        return denial.did_change() or driver.state(distro).nouveau

    driver.initramfs(name="initramfs", command=distro.driver.initramfs, _if=boot_is_old)
    if desired.headers:
        driver.headers(name="kernel headers", driver=desired, distro=distro)
    if desired.runfile is None:
        driver.packages(name="packages", driver=desired, distro=distro)
        driver.hold(name="held from upgrades", distro=distro)
    else:
        with refusals_as_pyinfra_errors():
            artifact = lock.artifact(desired.runfile)
        driver.runfile(name="runfile", driver=desired, distro=distro, artifact=artifact, mirror=node.mirror)
        files.text_file(
            name="daemon's unit", path=f"/etc/systemd/system/{driver_activation.UNIT}.service", content=DAEMON
        )
    driver_activation.persistenced(name="persistence daemon", distro=distro)


@deploy("driver")
def reboot(desired: Driver, distro: Distro) -> None:
    """Reboot one node at a time where allowed; the controller, never."""

    def is_needed() -> bool:
        return desired.reboot and driver_activation.reboot_helps(distro, desired)

    operation.reboot(name="reboot", deadline_s=DEADLINE_S, _serial=True, _if=is_needed)
    driver_activation.in_use(name="reboot needed", driver=desired, distro=distro)


def refuse_missing_flavour(desired: Driver, distro: Distro) -> None:
    """Raise PyinfraError where NVIDIA's repository lacks the declared modules."""
    if desired.runfile is None and desired.modules not in distro.driver.modules:
        raise PyinfraError(
            f"{pyinfra_host.name}: driver.modules: wanted the {desired.modules} kernel modules, found only "
            f"{', '.join(distro.driver.modules)} ones in NVIDIA's repository for {distro.id} {distro.version}. "
            f"Declare those, or a driver.runfile."
        )
