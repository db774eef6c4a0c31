"""Create the training environment by conda and fill it by uv, from the mirror only."""

from shlex import quote

from pyinfra.api.operation import operation
from pyinfra.context import host

from deploy import artifact_fetch
from deploy.facts.conda import EnvPython
from deploy.facts.wheels import InstalledWheels, Wheel
from deploy.operations import Commands, log_redone
from deploy.operations.plan_depth import hashing
from deploy.shell_commands import creating_mark, with_failure_message
from trueup.declaration import env_prefix
from trueup.lockfile import Artifact

REQUIREMENTS = f"{artifact_fetch.CACHE}/requirements.txt"
UV = f"{artifact_fetch.CACHE}/uv"


@operation()
def environment(prefix: str, env: str, python: str, mirror: str) -> Commands:
    """Create the environment with its Python; `conda create -y` would replace a good one."""
    actual = host.get_fact(EnvPython, prefix=prefix, env=env)
    if actual == python or actual.startswith(f"{python}."):
        host.noop(f"{env} has Python {actual}")
        return
    if actual == "half":
        log_redone(f"the environment {env} in {prefix}")
    path, mark = quote(env_prefix(prefix, env)), quote(creating_mark(prefix, env))
    channel = quote(f"{mirror.rstrip('/')}/conda")
    yield f"mkdir -p {quote(f'{prefix}/envs')} && : > {mark} && rm -rf {path}"
    yield with_failure_message(
        f"{quote(prefix)}/bin/conda create -y -q --override-channels -c {channel} -p {path} "
        f"{quote(f'python={python}')} && rm -f {mark}",
        f"{host.name}: create environment {env}: wanted Python {python} from {channel}, found the above. "
        f"Look at the mirror (trueup mirror verify) and at the disk (df {prefix}), then converge again.",
    )


def differences(
    actual: dict[str, Wheel], expected: tuple[Artifact, ...], others: tuple[str, ...]
) -> tuple[list[Artifact], list[str]]:
    """Return wheels to install and projects to remove; conda's own packages stay.

    others: projects that another component installs into the same environment.
    """
    pins = {artifact.project: artifact for artifact in expected}
    install = [
        artifact
        for project, artifact in pins.items()
        if project is not None and not _is_as_locked(actual.get(project), artifact)
    ]
    remove = [
        project
        for project, wheel in actual.items()
        if project not in pins and project not in others and wheel.installer != "conda"
    ]
    return install, remove


def _is_as_locked(actual: Wheel | None, artifact: Artifact) -> bool:
    return actual is not None and actual.damaged is None and actual.version == artifact.version


@operation()
def wheels(env: str, expected: tuple[Artifact, ...], others: tuple[str, ...], uv: Artifact, mirror: str) -> Commands:
    """Install exactly the locked wheels, whole to the byte, and remove others."""
    actual = host.get_fact(InstalledWheels, env=env, **hashing())
    install, remove = differences(actual, expected, others)
    if not install and not remove:
        host.noop(f"{env} holds {len(expected)} wheels as locked")
        return
    damaged = sorted(a.project for a in install if a.project in actual and actual[a.project].damaged is not None)
    if damaged:
        log_redone(f"or damaged since, wheels in {env}: {', '.join(damaged)}")
    python = quote(f"{env}/bin/python")
    cache = quote(f"{env}/.trueup-uv-cache")
    run = f"env UV_NO_CONFIG=1 UV_CACHE_DIR={cache} {UV}/uv-{uv.version}.data/scripts/uv pip"
    yield artifact_fetch.fetch(uv, mirror, host.name)
    yield (
        f"rm -rf {UV} && {python} -I -m zipfile -e {quote(artifact_fetch.path_of(uv))} {UV} && "
        f"chmod 755 {UV}/uv-{uv.version}.data/scripts/uv"
    )
    if remove:
        yield f"{run} uninstall -q --python {python} {' '.join(quote(project) for project in remove)}"
    if install:
        lines = "\n".join(artifact.requirement for artifact in install)
        links = quote(f"{mirror.rstrip('/')}/files/")
        yield f"printf '%s\\n' {quote(lines)} > {REQUIREMENTS}"
        yield with_failure_message(
            f"{run} install -q --python {python} --no-deps --reinstall --compile-bytecode --no-index "
            f"--find-links {links} --require-hashes -r {REQUIREMENTS}",
            f"{host.name}: install wheels into {env}: wanted {len(install)} locked ones from {links}, found the above. "
            f"Look at the mirror (trueup mirror verify) and at the disk (df {env}), then converge again.",
        )
    yield artifact_fetch.drop(UV, artifact_fetch.path_of(uv), REQUIREMENTS, f"{env}/.trueup-uv-cache")
