"""The training environment: its Python, its wheels, and what torch says of itself."""

from functools import cache
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from testinfra.host import Host

from trueup.accept.checks import accounts, each, prefetchable, remedy, require, tier
from trueup.compat import gpu_models
from trueup.declaration import Node, Profile
from trueup.env import probe
from trueup.lockfile import Lock, read_lock
from trueup.remote_shell import Shell

# Another component's, in the same environment.
OTHERS = {"deepspeed"}
BY_HAND = remedy("it is somebody's own: remove it, or what sets it, by hand; converge takes out LD_... alone")
pytestmark = tier("standard", "torch")


@cache
def lock_of(path: str) -> Lock:
    """The profile's lock."""
    return read_lock(Path(path))


def wheels(_node: Node, profile: Profile) -> list[str]:
    """The projects of the lock."""
    return [str(artifact.project) for artifact in lock_of(profile.lock).env_wheels()]


@pytest.fixture(scope="session")
def torch(shell: Shell, profile: Profile) -> probe.TorchReport:
    """What torch says, asked once."""
    return probe.torch(shell, profile.env_prefix)


def test_python_is_the_declared_one(env: probe.Environment, profile: Profile) -> None:
    """Wheels are built for one Python; another minor version imports none of them."""
    assert profile.env.python == ".".join(env.python.split(".")[:2])


def test_environment_is_finished(host: Host, profile: Profile) -> None:
    """An interrupted converge leaves an environment that cannot be trusted."""
    mark = f"{profile.conda.prefix}/envs/.{profile.env.name}.trueup-creating"

    require(not host.file(mark).exists, expected=f"no mark of an interrupted converge at {mark}", actual="it is there")


@each("wheel", wheels)
def test_wheel_is_the_locked_one(env: probe.Environment, profile: Profile, wheel: str) -> None:
    """A different version on one node makes collectives hang or losses differ."""
    wanted = {a.project: a.version for a in lock_of(profile.lock).env_wheels()}[wheel]
    found = env.wheels.get(wheel)

    assert wanted == (found.version if found else "absent")


@each("wheel", wheels)
def test_wheel_is_whole(env: probe.Environment, wheel: str) -> None:
    """A file edited in place changes results although the version stays."""
    found = env.wheels.get(wheel)

    assert () == (found.altered if found else ("absent",))


def test_nothing_else_is_installed(env: probe.Environment, profile: Profile) -> None:
    """A wheel added by hand shadows, upgrades or breaks a locked one."""
    locked = set(wheels(None, profile)) | OTHERS  # type: ignore[arg-type]  # the node does not matter
    foreign = {name: found.version for name, found in env.wheels.items() if found.installer != "conda"}

    assert {} == {name: version for name, version in foreign.items() if name not in locked}


def test_requirements_are_met(env: probe.Environment) -> None:
    """An unmet requirement makes an import fail, only on the path that needs it."""
    needs = [(name, Requirement(text)) for name, found in env.wheels.items() for text in found.requires]
    unmet = [
        f"{name} needs {need}, found {env.wheels[key].version if key in env.wheels else 'nothing'}"
        for name, need in needs
        if need.marker is None or need.marker.evaluate({"extra": "", "python_version": env.python[:4]})
        for key in [need.name.lower().replace("_", "-").replace(".", "-")]
        if key not in env.wheels or not need.specifier.contains(env.wheels[key].version, prereleases=True)
    ]

    assert [] == unmet


@prefetchable
def test_nothing_is_hooked_into_python(host: Host, profile: Profile) -> None:
    """A .pth file or a sitecustomize that came with no wheel runs at each start of Python, or adds to its path."""
    found = host.check_output(
        'cd %s && for f in *.pth sitecustomize.py usercustomize.py; do if [ -f "$f" ]; then echo "$f"; fi; done; '
        "echo; cat *.dist-info/RECORD | cut -d, -f1",
        f"{profile.env_prefix}/lib/python{profile.env.python}/site-packages",
    )
    hooks, _, brought = found.partition("\n\n") if not found.startswith("\n") else ("", "", found)

    assert [] == sorted(set(hooks.split()) - set(brought.split()))


@prefetchable
@BY_HAND
@each("account", accounts)
def test_account_has_no_packages_of_its_own(host: Host, profile: Profile, account: str) -> None:
    """`pip install --user` puts a package before the environment's own, for that account's jobs alone."""
    folder = f"{profile.account(account).home}/.local/lib/python{profile.env.python}/site-packages"
    found = host.check_output("if [ -d %s ]; then ls %s; fi", folder, folder)

    assert "" == found


def test_torch_imports(torch: probe.TorchReport) -> None:
    """A library of another CUDA toolkit makes the import of torch fail."""
    assert "" == torch.error


def test_torch_is_the_declared_build(torch: probe.TorchReport, profile: Profile) -> None:
    """A build for another CUDA release brings another NCCL under the same version."""
    wanted = f"{profile.env.wheels['torch']}+cu{profile.env.cuda_build.replace('.', '')}"

    assert (wanted, profile.env.cuda_build) == (torch.version, torch.cuda)


def test_torch_has_code_for_the_declared_gpus(torch: probe.TorchReport, node: Node) -> None:
    """is_available() is True on a GPU for which the build has no kernel; the first launch then fails."""
    wanted = f"sm_{gpu_models()[node.gpu_model].capability.replace('.', '')}"

    assert wanted in (torch.architectures or "").split()


def test_torch_computes(torch: probe.TorchReport) -> None:
    """numpy and torch that do not fit each other fail at the first conversion, not at import."""
    assert ("", 499500.0) == (torch.trouble, torch.sum)


def test_mapped_cuda_libraries_are_torch_s_own(torch: probe.TorchReport, profile: Profile) -> None:
    """A library of another toolkit that is found first makes torch fail or compute wrongly."""
    foreign = [path for path in torch.mapped if not path.startswith(f"{profile.env_prefix}/")]

    assert ([], True) == (foreign, bool(torch.mapped))


def test_mapped_cuda_libraries_are_their_wheels_own(torch: probe.TorchReport) -> None:
    """An older library under the same path makes torch run other code than its wheel's."""
    wrong = [path for path, found in torch.mapped.items() if (found or torch.recorded[path]) != torch.recorded[path]]
    unknown = [path for path, wanted in torch.recorded.items() if not wanted]

    assert ([], []) == (wrong, unknown)


@prefetchable
@BY_HAND
@each("variable", lambda _node, _profile: ["LD_LIBRARY_PATH", "LD_PRELOAD", "PYTHONPATH", "PYTHONHOME"])
def test_command_over_ssh_has_no(host: Host, variable: str) -> None:
    """Set globally, it decides which library or module is taken before torch's own."""
    assert f"{variable} is unset" == host.check_output(f'echo "{variable} ${{{variable}-is unset}}"').strip()
