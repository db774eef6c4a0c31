"""List converge's steps on a bare node from the declaration alone."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from trueup.declaration import Host, Node, Profile, Refusal
from trueup.lockfile import architecture, capability
from trueup.platforms import TOOLS, Distro, NoCompiler, UnknownDistro, distro_named, host_compiler, toolkit_package


@dataclass(frozen=True)
class Step:
    """One thing that a component does."""

    component: str
    what: str

    def as_json(self) -> dict[str, Any]:
        """The step as JSON values."""
        return asdict(self)


def foretold(nodes: Iterable[Node], profiles: Mapping[str, Profile]) -> dict[str, tuple[Step, ...]]:
    """Map each node to its steps; raise Refusal for an unknown distribution."""
    try:
        return {node.name: steps(node, profiles[node.name]) for node in nodes}
    except UnknownDistro as error:
        raise Refusal("what converge would do cannot be told", [str(error)]) from error


def steps(node: Node, profile: Profile) -> tuple[Step, ...]:
    """List every step in order; none for a node without declared distribution.

    Raises UnknownDistro.
    """
    if node.distro is None:
        return ()
    distro = distro_named(node.distro)
    return tuple(Step(component, what) for component, what in _steps(node, profile, distro))


def _steps(node: Node, profile: Profile, distro: Distro) -> Iterator[tuple[str, str]]:
    accounts = ", ".join(account.name for account in profile.access.accounts)
    yield "access", f"a key of {profile.access.key_type} for {accounts}; host keys pinned; names in /etc/hosts"
    yield from (("host", what) for what in _host(profile.host, distro))
    asks = f" and asks {', '.join(profile.time.servers)}" if profile.time.servers else ""
    yield "time", f"{distro.time_service} runs{asks}"
    yield (
        "cuda",
        f"NVIDIA's packages from {node.mirror.rstrip('/')}/{distro.nvidia.folder}, signed by {distro.nvidia.key}",
    )
    yield from (("driver", what) for what in _driver(profile, distro))
    yield from (("cuda", what) for what in _cuda(profile, distro))
    yield "conda", f"{profile.conda.installer} into {profile.conda.prefix}"
    wheels = ", ".join(f"{name} {version}" for name, version in profile.env.wheels.items())
    yield (
        "env",
        f"{profile.env.name}: Python {profile.env.python}, CUDA {profile.env.cuda_build}, {wheels}, "
        f"as {profile.lock} has them",
    )
    ops = ", ".join(profile.deepspeed.build_ops) or "none"
    made_for = architecture(capability(node))
    yield "deepspeed", f"DeepSpeed {profile.deepspeed.version}, ops built beforehand for {made_for}: {ops}"
    settings = "".join(f", {name}={value}" for name, value in sorted(profile.nccl.settings.items()))
    yield "nccl", f"/etc/nccl.conf: NCCL_SOCKET_IFNAME=={node.interface}{settings}"


def _host(desired: Host, distro: Distro) -> Iterator[str]:
    for name, archive in distro.archives.items():
        if name in desired.archives:
            brought = f", its key from {archive.package}" if archive.package else ""
            yield f"/etc/yum.repos.d/{archive.file}: {desired.archives[name]}{brought}"
    names = [*TOOLS, *(distro.packages.get(name, f"{name} (described by nobody)") for name in desired.packages)]
    yield f"{distro.manager} installs {', '.join([*names, distro.time_package])}"
    yield f"memlock {desired.memlock_kib}, nofile {desired.nofile}, /dev/shm of {desired.shm_mib} MiB"
    yield f"ports of the collective open where {' or '.join(distro.firewalls)} runs"


def _driver(profile: Profile, distro: Distro) -> Iterator[str]:
    table, driver = distro.driver, profile.driver
    yield f"nouveau denied, {table.initramfs}"
    if driver.headers:
        yield f"{distro.manager} installs {table.headers.format(kernel='<uname -r>')}"
    if driver.runfile is not None:
        yield f"{driver.runfile}, {driver.modules} modules"
    elif driver.modules not in table.modules:
        yield f"stops: {distro.name} has no package of the {driver.modules} modules"
    else:
        held = "apt-mark" if table.lock_plugin is None else table.lock_plugin
        yield f"{distro.manager} installs {table.modules[driver.modules].format(branch=driver.branch)}, held by {held}"
    yield "a reboot where the loaded module is another" + ("" if driver.reboot else ", asked for, not done")


def _cuda(profile: Profile, distro: Distro) -> Iterator[str]:
    try:
        serves = host_compiler(distro, profile.cuda.toolkit)
    except NoCompiler as error:
        yield f"stops: {error}"
        return
    if serves.package is not None:
        yield f"{distro.manager} installs {serves.package}: nvcc and DeepSpeed's ops get {serves.cxx}"
    home = f"/usr/local/cuda-{profile.cuda.toolkit}"
    yield f"{distro.manager} installs {toolkit_package(profile.cuda.toolkit)}; /usr/local/cuda leads to {home}"
