"""Say what converge would do on a bare node, by component, from the declaration alone."""

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
    """Node -> its steps. Raises Refusal where the table does not have a distribution."""
    try:
        return {node.name: steps(node, profiles[node.name]) for node in nodes}
    except UnknownDistro as error:
        raise Refusal("what converge would do cannot be told", [str(error)]) from error


def steps(node: Node, want: Profile) -> tuple[Step, ...]:
    """Every step, in order; none for a node whose distribution nobody declared.

    Raises UnknownDistro.
    """
    if node.distro is None:
        return ()
    distro = distro_named(node.distro)
    return tuple(Step(component, what) for component, what in _steps(node, want, distro))


def _steps(node: Node, want: Profile, distro: Distro) -> Iterator[tuple[str, str]]:
    accounts = ", ".join(account.name for account in want.access.accounts)
    yield "access", f"a key of {want.access.key_type} for {accounts}; host keys pinned; names in /etc/hosts"
    yield from (("host", what) for what in _host(want.host, distro))
    asks = f" and asks {', '.join(want.time.servers)}" if want.time.servers else ""
    yield "time", f"{distro.time_service} runs{asks}"
    yield (
        "cuda",
        f"NVIDIA's packages from {node.mirror.rstrip('/')}/{distro.nvidia.folder}, signed by {distro.nvidia.key}",
    )
    yield from (("driver", what) for what in _driver(want, distro))
    yield from (("cuda", what) for what in _cuda(want, distro))
    yield "conda", f"{want.conda.installer} into {want.conda.prefix}"
    wheels = ", ".join(f"{name} {version}" for name, version in want.env.wheels.items())
    yield (
        "env",
        f"{want.env.name}: Python {want.env.python}, CUDA {want.env.cuda_build}, {wheels}, as {want.lock} has them",
    )
    ops = ", ".join(want.deepspeed.build_ops) or "none"
    made_for = architecture(capability(node))
    yield "deepspeed", f"DeepSpeed {want.deepspeed.version}, ops built beforehand for {made_for}: {ops}"
    settings = "".join(f", {name}={value}" for name, value in sorted(want.nccl.settings.items()))
    yield "nccl", f"/etc/nccl.conf: NCCL_SOCKET_IFNAME=={node.interface}{settings}"


def _host(want: Host, distro: Distro) -> Iterator[str]:
    for name, archive in distro.archives.items():
        if name in want.archives:
            brought = f", its key from {archive.package}" if archive.package else ""
            yield f"/etc/yum.repos.d/{archive.file}: {want.archives[name]}{brought}"
    names = [*TOOLS, *(distro.packages.get(name, f"{name} (described by nobody)") for name in want.packages)]
    yield f"{distro.manager} installs {', '.join([*names, distro.time_package])}"
    yield f"memlock {want.memlock_kib}, nofile {want.nofile}, /dev/shm of {want.shm_mib} MiB"
    yield f"ports of the collective open where {' or '.join(distro.firewalls)} runs"


def _driver(want: Profile, distro: Distro) -> Iterator[str]:
    table, driver = distro.driver, want.driver
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


def _cuda(want: Profile, distro: Distro) -> Iterator[str]:
    try:
        serves = host_compiler(distro, want.cuda.toolkit)
    except NoCompiler as error:
        yield f"stops: {error}"
        return
    if serves.package is not None:
        yield f"{distro.manager} installs {serves.package}: nvcc and DeepSpeed's ops get {serves.cxx}"
    home = f"/usr/local/cuda-{want.cuda.toolkit}"
    yield f"{distro.manager} installs {toolkit_package(want.cuda.toolkit)}; /usr/local/cuda leads to {home}"
