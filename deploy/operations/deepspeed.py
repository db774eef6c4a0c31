"""Install DeepSpeed with its ops, and what its launcher reads."""

from shlex import quote

from pyinfra.api.exceptions import OperationError
from pyinfra.api.operation import operation
from pyinfra.context import host

from deploy import artifact_fetch, shell_commands
from deploy.fact_cache import cached_fact
from deploy.facts.cuda import LINK
from deploy.facts.deepspeed import Compiled, DeepSpeedState
from deploy.facts.files import AccountState, PathState
from deploy.facts.wheels import InstalledWheels, Wheel
from deploy.operations import Commands
from deploy.operations.plan_depth import hashing
from trueup.declaration import Account, DeepSpeed, Env
from trueup.lockfile import Artifact
from trueup.platforms import Compiler

UV = f"{artifact_fetch.CACHE}/uv"
# DeepSpeed's ops without device code (op_builder/cpu_*.py, async_io.py).
HOST_OPS = frozenset({"async_io", "cpu_adagrad", "cpu_adam", "cpu_lion"})


def differences(actual: Compiled, files: Wheel | None, deepspeed: DeepSpeed, env: Env, architecture: str) -> list[str]:
    """List how the installed DeepSpeed differs: "what: wanted ..., found ..."."""
    rows: list[tuple[str, object, object]] = [
        ("version", deepspeed.version, actual.version or "none"),
        ("torch it was compiled with", ".".join(env.wheels["torch"].split(".")[:2]), actual.torch),
        ("CUDA it was compiled with", env.cuda_build, actual.cuda),
        ("accelerator it was compiled for", "cuda", actual.accelerator),
        ("ops", sorted(deepspeed.build_ops), sorted(actual.ops)),
        ("damaged file", None, files.damaged if files else None),
    ]
    device = [op for op in deepspeed.build_ops if op not in HOST_OPS]
    rows += [(f"code in {op}", [architecture], sorted(actual.code.get(op, ()))) for op in device]
    return [f"{what}: wanted {expected}, found {seen}" for what, expected, seen in rows if expected != seen]


def flags(deepspeed: DeepSpeed, capability: str, compiler: Compiler) -> dict[str, str]:
    """Return what setup.py reads; without DS_ACCELERATOR it builds the CPU's op where it sees no GPU."""
    return {
        "DS_BUILD_OPS": "0",
        **{f"DS_BUILD_{op.upper()}": "1" for op in deepspeed.build_ops},
        "DS_ACCELERATOR": "cuda",
        "TORCH_CUDA_ARCH_LIST": capability,
        "CUDA_HOME": LINK,
        "CC": compiler.cc,
        "CXX": compiler.cxx,
    }


@operation()
def package(
    deepspeed: DeepSpeed,
    env: Env,
    prefix: str,
    architecture: str,
    wheel: Artifact | None,
    sdist: Artifact | None,
    build: dict[str, str],
    uv: Artifact,
    mirror: str,
) -> Commands:
    """Install a prebuilt wheel for this node, or compile against the installed torch.

    build: variables of the compilation. Ends with a check of what was installed.
    """
    actual = host.get_fact(DeepSpeedState, env=prefix)
    files = host.get_fact(InstalledWheels, env=prefix, only="deepspeed", **hashing()).get("deepspeed")
    if not differences(actual, files, deepspeed, env, architecture):
        host.noop(f"DeepSpeed {deepspeed.version} is as declared")
        return
    artifact = wheel or sdist
    if artifact is None:
        raise OperationError(
            f"{host.name}: install DeepSpeed {deepspeed.version}: wanted a prebuilt wheel for {architecture} or the "
            f"source distribution in a lock, found neither. `trueup mirror lock` adds the source distribution."
        )
    python, path = quote(f"{prefix}/bin/python"), artifact_fetch.path_of(artifact)
    variables = "".join(f"{name}={quote(value)} " for name, value in sorted(build.items())) if wheel is None else ""
    yield artifact_fetch.fetch(uv, mirror, host.name)
    yield f"rm -rf {UV} && {python} -I -m zipfile -e {quote(artifact_fetch.path_of(uv))} {UV}"
    yield artifact_fetch.fetch(artifact, mirror, host.name)
    yield (
        f"chmod 755 {UV}/uv-{uv.version}.data/scripts/uv && env UV_NO_CONFIG=1 {variables}"
        f"PATH={quote(f'{prefix}/bin')}:{LINK}/bin:$PATH {UV}/uv-{uv.version}.data/scripts/uv pip install -q "
        f"--python {python} --no-deps --no-index --no-cache --reinstall --no-build-isolation {quote(path)}"
    )
    yield artifact_fetch.drop(UV, artifact_fetch.path_of(uv), path)
    yield _look(deepspeed, prefix, architecture)


def _look(deepspeed: DeepSpeed, prefix: str, architecture: str) -> str:
    """Check the ops' device code now rather than in the first training run."""
    checks = "".join(
        f"so=$(find {quote(prefix)}/lib/python3*/site-packages/deepspeed/ops -name {quote(f'{op}_op.*so')}); "
        f'{LINK}/bin/cuobjdump --list-elf "$so" | grep -q {quote(f".{architecture}.cubin")} || '
        f"{{ echo {quote(f'{host.name}: DeepSpeed: op {op}: wanted code for {architecture}, found none')} >&2; "
        f"exit 1; }}; "
        for op in deepspeed.build_ops
        if op not in HOST_OPS
    )
    return f"{checks}test -d {quote(prefix)}"


@operation()
def hostfile(path: str, slots: dict[str, int]) -> Commands:
    """Write the launcher's default hostfile; without it the launcher silently stays local."""
    folder = path.rpartition("/")[0]
    text = "".join(f"{name} slots={count}\n" for name, count in sorted(slots.items()))
    actual = host.get_fact(PathState, path=path)
    if actual is None or (actual.mode, actual.user, actual.content) != ("644", "root", text):
        if host.get_fact(PathState, path=folder) is None:
            yield shell_commands.make_directory(folder, mode="755", user="root", group="root")
        yield shell_commands.write_file(path, text, mode="644", user="root", group="root")


@operation()
def launcher_environment(account: Account, values: dict[str, str]) -> Commands:
    """Write ~/.deepspeed_env: what the launcher hands to the ranks."""
    path = f"{account.home}/.deepspeed_env"
    text = "".join(f"{name}={value}\n" for name, value in sorted(values.items()))
    actual = host.get_fact(PathState, path=path)
    known = cached_fact(AccountState, account=account.name)
    group = known.group if known else account.name
    if actual is None or (actual.mode, actual.user, actual.content) != ("644", account.name, text):
        yield shell_commands.write_file(path, text, mode="644", user=account.name, group=group)
