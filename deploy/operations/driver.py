"""The driver's packages, their hold, and the reboot that makes them count."""

from shlex import quote

from pyinfra.api.operation import operation
from pyinfra.context import host

from deploy import fetching
from deploy.facts.driver import DriverFound, DriverState
from deploy.facts.system import Installed
from deploy.operations import Commands
from deploy.operations.host import APT
from deploy.operations.reboot import NEVER, is_controller
from trueup.spec.distros import Distro
from trueup.spec.lock import Artifact
from trueup.spec.model import Driver

SECURE_BOOT = (
    "Secure Boot is on and the module is not loaded: the firmware refuses a module whose key nobody enrolled. "
    "That cannot be done over ssh: at the console, mokutil --import the key of DKMS and confirm it at the next boot."
)


def branches(found: DriverFound) -> set[str]:
    """The driver branches that are installed."""
    return {version.split(".")[0] for version in found.packages.values()}


@operation()
def initramfs(command: str) -> Commands:
    """Only ever under an _if: nouveau's denial counts at boot when it is in the initramfs, too."""
    tool = command.split()[0]
    yield f"if command -v {tool} >/dev/null; then {command}; fi"


@operation()
def packages(want: Driver, distro: Distro) -> Commands:
    """The declared branch and flavour, and no other; headers of the running kernel first, for DKMS."""
    found = host.get_fact(DriverState, manager=distro.manager)
    table = distro.driver
    wanted = table.modules[want.modules].format(branch=want.branch)
    present = host.get_fact(Installed, manager=distro.manager)
    if want.headers and (headers := table.headers.format(kernel=found.kernel)) not in present:
        yield _install(distro.manager, [headers])
    if branches(found) == {want.branch} and (":" in wanted or wanted in found.packages):
        host.noop(f"driver branch {want.branch} is installed")
        return
    if distro.manager == "apt":
        pin = [table.pin.format(branch=want.branch)] if table.pin else []
        yield f"{APT} update"
        if pin:
            yield _install("apt", pin)
        others = sorted(name for name, version in found.packages.items() if not version.startswith(want.branch))
        if others:
            yield f"{APT} -y --allow-change-held-packages remove {' '.join(map(quote, others))}"
        yield _install("apt", [wanted])
    elif ":" in wanted:
        yield f"dnf -y module reset nvidia-driver && dnf -y module install {quote(wanted)}"
    else:
        yield _install(distro.manager, [wanted])


@operation()
def runfile(want: Driver, artifact: Artifact, mirror: str) -> Commands:
    """The driver from its runfile, for a node without a repository."""
    found = host.get_fact(DriverState, manager="none")
    if found.loaded is not None and found.loaded.startswith(f"{want.branch}."):
        host.noop(f"driver {found.loaded} is loaded")
        return
    path = fetching.path_of(artifact)
    yield fetching.fetch(artifact, mirror, host.name)
    yield f"sh {quote(path)} --silent --dkms --kernel-module-type={want.modules}"
    yield fetching.drop(path)


@operation()
def hold(distro: Distro) -> Commands:
    """No unattended upgrade swaps the userland under a running module."""
    found = host.get_fact(DriverState, manager=distro.manager)
    free = sorted(set(found.packages) - found.held)
    if not free:
        host.noop(f"{len(found.held)} driver packages are held")
        return
    names = " ".join(map(quote, free))
    if distro.manager == "apt":
        yield f"apt-mark hold {names}"
    else:
        yield f"{distro.manager} -y install {quote(str(distro.driver.lock_plugin))}"
        yield f"{distro.manager} versionlock add {names}"


def needs_reboot(found: DriverFound) -> str:
    """Why the loaded module is not the installed one, or "" where it is."""
    installed = {version for name, version in found.packages.items() if "kernel" in name or "kmod" in name}
    if found.nouveau:
        return "nouveau is loaded"
    if not found.packages:
        return ""
    if found.loaded is None:
        return "no module is loaded"
    if installed and found.loaded not in installed:
        return f"the loaded module is {found.loaded}, the installed one {', '.join(sorted(installed))}"
    return ""


@operation()
def reboot_asked_for(want: Driver, distro: Distro) -> Commands:
    """Without permission to reboot, the run ends by saying which node needs it and why."""
    found = host.get_fact(DriverState, manager=distro.manager)
    reason = needs_reboot(found)
    own = is_controller()
    if not reason or (want.reboot and not own):
        return
    words = NEVER if own else "Reboot it, or allow driver.reboot."
    if found.secure_boot and found.loaded is None:
        words = SECURE_BOOT
    message = f"{host.name}: driver: wanted branch {want.branch} installed and loaded, found: {reason}. {words}"
    yield f"echo {quote(message)} >&2; exit 1"


def _install(manager: str, names: list[str]) -> str:
    words = " ".join(map(quote, names))
    if manager == "apt":
        return f"{APT} -y --no-install-recommends --allow-downgrades --allow-change-held-packages install {words}"
    return f"{manager} -y install {words}"
