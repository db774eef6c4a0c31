"""Install the toolkit, its link, and the environment that a build needs."""

from shlex import quote

from pyinfra.api.exceptions import OperationError
from pyinfra.api.operation import operation
from pyinfra.context import host

from deploy import package_managers, shell_commands, startup_files
from deploy.fact_cache import cached_fact
from deploy.facts.cuda import LINK, ToolkitState, home
from deploy.facts.files import PathState
from deploy.facts.system import InstalledPackages
from deploy.operations import Commands
from trueup.platforms import Compiler, toolkit_package

ENVIRONMENT = "/etc/environment"
PROFILE = "/etc/profile.d/trueup-cuda.sh"
# A version lock of an operator does not stop the declared version: apt's --allow-change-held-packages.
FREE = "--disableplugin=versionlock"


def variables(compiler: Compiler) -> dict[str, str]:
    """Return what a build reads; never LD_LIBRARY_PATH, which would hide torch's own libraries.

    nvcc reads NVCC_PREPEND_FLAGS (its manual, "Environment variables"); it is set only where the
    distribution's own compiler is not one that nvcc takes.
    """
    own = {} if compiler.package is None else {"NVCC_PREPEND_FLAGS": f"-ccbin={compiler.cxx}"}
    return {"CUDA_HOME": LINK, **own}


@operation()
def toolkit(version: str, manager: str) -> Commands:
    """Install the declared toolkit's package, with an nvcc that answers."""
    actual = host.get_fact(ToolkitState, toolkit=version)
    if actual.link == "folder":
        raise OperationError(
            f"{host.name}: install CUDA {version}: wanted {LINK} to be a link to {home(version)}, found a folder. "
            f"Nothing was changed. Move it to its own name first, e.g. {LINK}-<its version>."
        )
    package = toolkit_package(version)
    present = cached_fact(InstalledPackages, manager=manager).get(package)
    if present in ("ok", "held") and actual.release == version:
        host.noop(f"{package} is installed")
    elif manager == "apt":
        again = " --reinstall" if present else ""
        yield from package_managers.install("apt", [package], host.name, options=f"--allow-change-held-packages{again}")
    elif present:
        yield package_managers.ready(manager, host.name)
        yield package_managers.rpm(manager, "reinstall", [package], options=FREE)
    else:
        yield from package_managers.install(manager, [package], host.name, options=FREE)


@operation()
def link(version: str) -> Commands:
    """Point /usr/local/cuda to the declared toolkit, through alternatives where they know it."""
    target = home(version)
    if host.get_fact(ToolkitState, toolkit=version).link == target:
        host.noop(f"{LINK} leads to {target}")
        return
    known = quote(f"^{target} ")
    yield (
        f"tool=$(command -v update-alternatives || command -v alternatives || echo false); "
        f'if "$tool" --display cuda 2>/dev/null | grep -q {known}; then "$tool" --set cuda {target}; fi; '
        f'if [ "$(readlink -m {LINK})" != {target} ]; then '
        f"ln -sfn {target} {LINK}.trueup-new && mv -fT {LINK}.trueup-new {LINK}; fi"
    )


@operation()
def environment(compiler: Compiler) -> Commands:
    """Set CUDA_HOME and PATH for commands over ssh (pam_env(8)) and for logins."""
    actual = host.get_fact(PathState, path=ENVIRONMENT)
    old = actual.content if actual else ""
    values = variables(compiler)
    lines = [f"{name}={value}" for name, value in sorted(values.items())]
    lines.append(f"PATH={startup_files.path_with(f'{LINK}/bin', old)}")
    expected = startup_files.marked(old, "cuda", lines)
    if actual is None or (actual.mode, actual.user, old) != ("644", "root", expected):
        yield shell_commands.write_file(ENVIRONMENT, expected, mode="644", user="root", group="root")
    profile = host.get_fact(PathState, path=PROFILE)
    text = startup_files.profile(f"{LINK}/bin", values)
    if profile is None or (profile.mode, profile.user, profile.content) != ("644", "root", text):
        yield shell_commands.write_file(PROFILE, text, mode="644", user="root", group="root")
