"""Install and hold the driver's packages, or its runfile."""

import re
from shlex import quote

from pyinfra.api.operation import operation
from pyinfra.context import host

from deploy import artifact_fetch, shell_commands
from deploy.fact_cache import cached_fact
from deploy.facts.driver import DriverInfo, DriverState
from deploy.facts.system import InstalledPackages
from deploy.operations import Commands
from deploy.package_managers import APT, ready, rpm
from trueup.declaration import Driver
from trueup.lockfile import Artifact
from trueup.platforms import Distro

# What NVIDIA names its runfiles: NVIDIA-Linux-x86_64-580.95.05.run.
_RUNFILE = re.compile(r"-(\d{3}(?:\.\d+){1,2})(?:-[a-z0-9-]+)?\.run$")
# From this branch on the installer chooses a flavour itself, and takes a word for it.
CHOOSES_FLAVOUR = 560
_ANYHOW = "--no-install-recommends --allow-downgrades --allow-change-held-packages"


def state(distro: Distro) -> DriverInfo:
    """Return the node's driver as it is now."""
    return cached_fact(DriverState, manager=distro.manager, headers=distro.driver.headers)


@operation()
def initramfs(command: str) -> Commands:
    """Rebuild the initramfs, which needs nouveau's denial too; use under an _if only."""
    tool = command.split()[0]
    yield f"if command -v {tool} >/dev/null; then {command}; fi"


@operation()
def headers(driver: Driver, distro: Distro) -> Commands:
    """Install the running kernel's headers, and DKMS where a runfile brings none."""
    actual = state(distro)
    missing = [] if actual.headers else [distro.driver.headers.format(kernel=actual.kernel)]
    if driver.runfile is not None and "dkms" not in cached_fact(InstalledPackages, manager=distro.manager):
        missing.append("dkms")
    if missing:
        yield from _install(distro.manager, missing)
    else:
        host.noop(f"the headers of {actual.kernel} are installed")


@operation()
def packages(driver: Driver, distro: Distro) -> Commands:
    """Install the declared branch and flavour, and remove others."""
    actual = state(distro)
    expected = distro.driver.modules[driver.modules].format(branch=driver.branch)
    name, _, stream = expected.partition(":")
    pin = distro.driver.pin.format(branch=driver.branch) if distro.driver.pin else ""
    there = name in actual.packages and actual.stream == (stream or None)
    if there and _branches(actual) == {driver.branch} and actual.flavour == driver.modules:
        if pin and pin not in actual.packages:
            yield from _install("apt", [pin])
        else:
            host.noop(f"driver branch {driver.branch} is installed")
        return
    if actual.runfile:
        # Two sets of files otherwise, and the loader takes either.
        yield "nvidia-uninstall --silent"
    if distro.manager == "apt":
        yield from _by_apt(actual, driver, pin, expected)
        return
    yield from _unlock(distro, actual)
    if stream:
        yield from _dnf_stream(actual, expected)
        return
    yield from _remove(distro, _of_other_branches(actual, driver))
    yield from _install(distro.manager, [expected])


def _branches(actual: DriverInfo) -> set[str]:
    return {version.split(".")[0] for version in actual.packages.values()}


def _of_other_branches(actual: DriverInfo, driver: Driver) -> list[str]:
    return sorted(name for name, version in actual.packages.items() if version.split(".")[0] != driver.branch)


def _by_apt(actual: DriverInfo, driver: Driver, pin: str, expected: str) -> Commands:
    yield f"{APT} update"
    if pin:
        yield from _install("apt", [pin])
    others = _of_other_branches(actual, driver)
    if others:
        yield f"{APT} -y --allow-change-held-packages remove {' '.join(map(quote, others))}"
    # NVIDIA's driver installation guide, "Switching between Driver Module Flavors".
    switch = "--autoremove --purge " if actual.packages and actual.flavour != driver.modules else ""
    yield f"{APT} -y {switch}{_ANYHOW} install {quote(expected)}"


def _dnf_stream(actual: DriverInfo, expected: str) -> Commands:
    """Switch or install the stream: the same guide; switch-to downgrades or removes other packages.

    Within its own stream it installs nothing that is missing; module install does.
    """
    if actual.stream != expected.partition(":")[2] and (actual.packages or actual.stream):
        yield from _by_rpm("dnf", "module switch-to", [expected], options="--allowerasing")
    else:
        yield from _by_rpm("dnf", "module install", [expected])


def _unlock(distro: Distro, actual: DriverInfo) -> Commands:
    """Delete version locks, which hold the old branch against the new one."""
    # yum compares with "0:name-version-release.*", dnf with the name.
    form = "*:{}-[0-9]*" if distro.manager == "yum" else "{}"
    patterns = " ".join(quote(form.format(name)) for name in sorted(actual.held))
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
def runfile(driver: Driver, distro: Distro, artifact: Artifact, mirror: str) -> Commands:
    """Install the driver from its locked runfile, for a node without a repository."""
    actual = state(distro)
    match = _RUNFILE.search(artifact.name)
    version = match[1] if match else f"{driver.branch}."
    there = actual.built is not None and actual.built[0].startswith(version) and actual.built[1] == driver.modules
    if actual.runfile and there and not actual.packages:
        host.noop(f"driver {actual.built} is installed from a runfile")
        return
    if distro.manager != "apt":
        yield from _unlock(distro, actual)
    yield from _remove(distro, sorted(actual.packages))
    path = artifact_fetch.path_of(artifact)
    yield artifact_fetch.fetch(artifact, mirror, host.name)
    dkms = " --dkms" if driver.headers else ""
    words = f"{host.name}: driver: wanted {artifact.name} to install itself; see /var/log/nvidia-installer.log there."
    yield shell_commands.with_failure_message(f"sh {quote(path)} --silent{dkms}{flavour_option(driver)}", words)
    yield artifact_fetch.drop(path)


def flavour_option(driver: Driver) -> str:
    """Return the runfile's option for the declared modules; it depends on the branch."""
    if int(driver.branch) >= CHOOSES_FLAVOUR:
        return f" --kernel-module-type={driver.modules}"
    return " --kernel-module-build-directory=kernel-open" if driver.modules == "open" else ""


@operation()
def hold(distro: Distro) -> Commands:
    """Hold the packages: an unattended upgrade would swap the userland under a running module."""
    actual = state(distro)
    free = sorted(set(actual.packages) - actual.held)
    if not free:
        host.noop(f"{len(actual.held)} driver packages are held")
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
