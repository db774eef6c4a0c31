"""Put an installed driver to use: the persistence daemon, and the reboot."""

from shlex import quote

from pyinfra.api.operation import operation
from pyinfra.context import host

from deploy import shell_commands
from deploy.facts.driver import DriverInfo
from deploy.facts.system import Service
from deploy.operations import Commands
from deploy.operations.driver import state
from deploy.operations.reboot import NEVER, is_controller
from trueup.declaration import Driver
from trueup.platforms import Distro

UNIT = "nvidia-persistenced"
DROP_IN = f"/etc/systemd/system/{UNIT}.service.d"
# Ubuntu's package starts the daemon so that it does nothing; NVIDIA/ansible-role-nvidia-driver overrides it, too.
IDLE = "--no-persistence-mode"
SECURE_BOOT = (
    "Secure Boot is on and the module is not loaded: the firmware refuses a module whose key nobody enrolled. "
    "That cannot be done over ssh: at the console, mokutil --import the key of DKMS and confirm it at the next boot."
)


@operation()
def persistenced(distro: Distro) -> Commands:
    """Run the persistence daemon now and after a reboot, with persistence on."""
    actual, unit = state(distro), host.get_fact(Service, unit=UNIT)
    if IDLE in actual.daemon.split():
        line = " ".join(word for word in actual.daemon.split() if word != IDLE)
        yield shell_commands.make_directory(DROP_IN, mode="755", user="root", group="root")
        text = f"[Service]\nExecStart=\nExecStart={line}\n"
        yield shell_commands.write_file(f"{DROP_IN}/trueup.conf", text, mode="644", user="root", group="root")
        yield "systemctl daemon-reload"
    if unit.get("UnitFileState") != "enabled":
        yield f"systemctl enable {UNIT}"
    if actual.loaded and (unit.get("ActiveState") != "active" or IDLE in actual.daemon.split()):
        yield f"systemctl restart {UNIT}"


def needs_reboot(actual: DriverInfo, driver: Driver) -> str:
    """Return why the loaded module is not the installed one, or ""."""
    if actual.nouveau:
        return "nouveau is loaded"
    if not actual.packages and not actual.runfile:
        return ""
    if actual.loaded is None:
        return "no module is loaded"
    version, flavour = actual.loaded
    if actual.installed and version not in actual.installed:
        return f"the loaded module is {version}, the installed one {', '.join(sorted(actual.installed))}"
    if flavour != driver.modules:
        return f"the loaded modules are the {flavour} ones, declared are the {driver.modules} ones"
    return ""


def refused_by_firmware(actual: DriverInfo) -> bool:
    """Tell whether Secure Boot refuses the module: a key must be enrolled at the console first."""
    return actual.secure_boot and actual.loaded is None and not actual.nouveau


def reboot_helps(distro: Distro, driver: Driver) -> bool:
    """Tell whether the driver waits for a reboot that may be ordered, and for nothing else."""
    actual = state(distro)
    return bool(needs_reboot(actual, driver)) and not refused_by_firmware(actual) and not is_controller()


@operation()
def in_use(driver: Driver, distro: Distro) -> Commands:
    """Fail where the node still does not use its driver: reason and remedy."""
    actual = state(distro)
    reason = needs_reboot(actual, driver)
    if not reason:
        host.noop("the installed driver is the loaded one")
        return
    if refused_by_firmware(actual):
        remedy = SECURE_BOOT
    elif is_controller():
        remedy = NEVER
    elif driver.reboot:
        remedy = "It came back so from its reboot: see dkms status and the kernel's log there."
    else:
        remedy = "Reboot it, or allow driver.reboot."
    message = f"{host.name}: driver: wanted branch {driver.branch} installed and loaded, found: {reason}. {remedy}"
    yield f"echo {quote(message)} >&2; exit 1"
