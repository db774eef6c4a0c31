"""The driver's packages or runfile, and their hold."""

import re
from shlex import quote

from pyinfra.api.operation import operation
from pyinfra.context import host

from deploy import artifact_fetch, shell_commands
from deploy.fact_cache import asked
from deploy.facts.driver import DriverFound, DriverState
from deploy.facts.system import InstalledPackages
from deploy.operations import Commands
from deploy.package_managers import APT, ready, rpm
from trueup.declaration.profile import Driver
from trueup.lockfile.lockfile import Artifact
from trueup.platforms.model import Distro

# What NVIDIA names its runfiles: NVIDIA-Linux-x86_64-580.95.05.run.
_RUNFILE = re.compile(r"-(\d{3}(?:\.\d+){1,2})(?:-[a-z0-9-]+)?\.run$")
# From this branch on the installer chooses a flavour itself, and takes a word for it.
CHOOSES_FLAVOUR = 560
_ANYHOW = "--no-install-recommends --allow-downgrades --allow-change-held-packages"


def state(distro: Distro) -> DriverFound:
    """The node's driver as it is now."""
    return asked(DriverState, manager=distro.manager, headers=distro.driver.headers)


@operation()
def initramfs(command: str) -> Commands:
    """Only ever under an _if: nouveau's denial counts at boot when it is in the initramfs, too."""
    tool = command.split()[0]
    yield f"if command -v {tool} >/dev/null; then {command}; fi"


@operation()
def headers(want: Driver, distro: Distro) -> Commands:
    """What the module is built with, for the kernel that runs now; a runfile brings no DKMS of its own."""
    found = state(distro)
    missing = [] if found.headers else [distro.driver.headers.format(kernel=found.kernel)]
    if want.runfile is not None and "dkms" not in asked(InstalledPackages, manager=distro.manager):
        missing.append("dkms")
    if missing:
        yield from _install(distro.manager, missing)
    else:
        host.noop(f"the headers of {found.kernel} are installed")


@operation()
def packages(want: Driver, distro: Distro) -> Commands:
    """The declared branch and flavour, and no other."""
    found = state(distro)
    wanted = distro.driver.modules[want.modules].format(branch=want.branch)
    name, _, stream = wanted.partition(":")
    pin = distro.driver.pin.format(branch=want.branch) if distro.driver.pin else ""
    there = name in found.packages and found.stream == (stream or None)
    if there and _branches(found) == {want.branch} and found.flavour == want.modules:
        if pin and pin not in found.packages:
            yield from _install("apt", [pin])
        else:
            host.noop(f"driver branch {want.branch} is installed")
        return
    if found.runfile:
        # Two sets of files otherwise, and the loader takes either.
        yield "nvidia-uninstall --silent"
    if distro.manager == "apt":
        yield from _by_apt(found, want, pin, wanted)
        return
    yield from _unlock(distro, found)
    if stream:
        yield from _dnf_stream(found, wanted)
        return
    yield from _remove(distro, _of_other_branches(found, want))
    yield from _install(distro.manager, [wanted])


def _branches(found: DriverFound) -> set[str]:
    return {version.split(".")[0] for version in found.packages.values()}


def _of_other_branches(found: DriverFound, want: Driver) -> list[str]:
    return sorted(name for name, version in found.packages.items() if version.split(".")[0] != want.branch)


def _by_apt(found: DriverFound, want: Driver, pin: str, wanted: str) -> Commands:
    yield f"{APT} update"
    if pin:
        yield from _install("apt", [pin])
    others = _of_other_branches(found, want)
    if others:
        yield f"{APT} -y --allow-change-held-packages remove {' '.join(map(quote, others))}"
    # NVIDIA's driver installation guide, "Switching between Driver Module Flavors".
    switch = "--autoremove --purge " if found.packages and found.flavour != want.modules else ""
    yield f"{APT} -y {switch}{_ANYHOW} install {quote(wanted)}"


def _dnf_stream(found: DriverFound, wanted: str) -> Commands:
    """The same guide: switch-to also brings packages of another stream down, or takes them away.

    Within its own stream it installs nothing that is missing; module install does.
    """
    if found.stream != wanted.partition(":")[2] and (found.packages or found.stream):
        yield from _by_rpm("dnf", "module switch-to", [wanted], options="--allowerasing")
    else:
        yield from _by_rpm("dnf", "module install", [wanted])


def _unlock(distro: Distro, found: DriverFound) -> Commands:
    """A lock from before holds the old branch against the new one."""
    # yum compares with "0:name-version-release.*", dnf with the name.
    form = "*:{}-[0-9]*" if distro.manager == "yum" else "{}"
    patterns = " ".join(quote(form.format(name)) for name in sorted(found.held))
    if patterns:
        yield f"{distro.manager} versionlock delete {patterns}"


def _remove(distro: Distro, names: list[str]) -> Commands:
    if not names:
        return
    if distro.manager == "apt":
        yield f"{APT} -y --allow-change-held-packages remove {' '.join(map(quote, names))}"
    else:
        yield from _by_rpm(distro.manager, "remove", names)


@operation()
def runfile(want: Driver, distro: Distro, artifact: Artifact, mirror: str) -> Commands:
    """The driver from its runfile, by the lock's hash, for a node without a repository."""
    found = state(distro)
    match = _RUNFILE.search(artifact.name)
    version = match[1] if match else f"{want.branch}."
    there = found.built is not None and found.built[0].startswith(version) and found.built[1] == want.modules
    if found.runfile and there and not found.packages:
        host.noop(f"driver {found.built} is installed from a runfile")
        return
    if distro.manager != "apt":
        yield from _unlock(distro, found)
    yield from _remove(distro, sorted(found.packages))
    path = artifact_fetch.path_of(artifact)
    yield artifact_fetch.fetch(artifact, mirror, host.name)
    dkms = " --dkms" if want.headers else ""
    words = f"{host.name}: driver: wanted {artifact.name} to install itself; see /var/log/nvidia-installer.log there."
    yield shell_commands.or_say(f"sh {quote(path)} --silent{dkms}{flavour_option(want)}", words)
    yield artifact_fetch.drop(path)


def flavour_option(want: Driver) -> str:
    """How the runfile of that branch is told which modules to build."""
    if int(want.branch) >= CHOOSES_FLAVOUR:
        return f" --kernel-module-type={want.modules}"
    return " --kernel-module-build-directory=kernel-open" if want.modules == "open" else ""


@operation()
def hold(distro: Distro) -> Commands:
    """No unattended upgrade swaps the userland under a running module."""
    found = state(distro)
    free = sorted(set(found.packages) - found.held)
    if not free:
        host.noop(f"{len(found.held)} driver packages are held")
        return
    names = " ".join(map(quote, free))
    if distro.manager == "apt":
        yield f"apt-mark hold {names}"
    else:
        yield from _install(distro.manager, [str(distro.driver.lock_plugin)])
        yield f"{distro.manager} versionlock add {names}"


def _install(manager: str, names: list[str]) -> Commands:
    if manager == "apt":
        yield f"{APT} -y {_ANYHOW} install {' '.join(map(quote, names))}"
    else:
        yield from _by_rpm(manager, "install", names)


def _by_rpm(manager: str, verb: str, names: list[str], options: str = "") -> Commands:
    yield ready(manager, host.name)
    yield rpm(manager, verb, names, options=options)
