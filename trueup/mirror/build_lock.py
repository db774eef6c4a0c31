"""Making a lock from a profile's pins, or making one anew."""

import re
from collections.abc import Iterable
from pathlib import Path

from trueup.declaration import Profile
from trueup.files import write_atomic
from trueup.lockfile import Artifact, Lock, parse_lock
from trueup.mirror.cache import sha256_of
from trueup.mirror.conda_channel import packages
from trueup.mirror.errors import MirrorError
from trueup.mirror.origins import CHANNEL, PYPI
from trueup.mirror.resolve import GLIBC, OLDEST_GLIBC, resolve

# torch.utils.cpp_extension of torch < 2.9 imports pkg_resources, which setuptools 70 broke and 82 dropped. Who declares
# a newer torch pins a newer one.
BUILD_TOOLS = ("setuptools<70", "wheel", "ninja")
# The GPU probe runs in the environment (trueup.gpu). DeepSpeed brings this by itself, but its newer
# releases only to a wheel that is built beside a torch for CUDA (setup.py), which a resolver does not have.
PROBE = ("nvidia-ml-py",)
TOOLS = ("uv",)
HEADER = """\
# {title}: file name, size in bytes (- if unknown), SHA-256, origin.
# An origin is a name; settings resolve it to an address. Made by `trueup mirror lock`: do not edit.
"""


def glibc_of(text: str) -> tuple[int, int]:
    """(2, 28) of "2.28"; MirrorError for any other form, and for what no wheel is built for."""
    match = re.fullmatch(r"2\.(\d{1,2})", text)
    if not match or int(match[1]) < OLDEST_GLIBC:
        wanted = f"2.{OLDEST_GLIBC} or newer, e.g. 2.28"
        raise MirrorError(step="read --glibc", expected=wanted, actual=repr(text), remedy="ask a node: ldd --version")
    return 2, int(match[1])


def requirements(profile: Profile) -> list[str]:
    """What the environment is resolved from: the pins, DeepSpeed, what compiles its ops, what probes GPUs."""
    pins = [f"{project}=={version}" for project, version in profile.env.wheels.items()]
    tools = [tool for tool in (*BUILD_TOOLS, *PROBE) if re.split("[<>=]", tool)[0] not in profile.env.wheels]
    return [*pins, *tools, f"deepspeed=={profile.deepspeed.version}"]


def from_index(profile: Profile, glibc: tuple[int, int], index: str | None) -> list[Artifact]:
    """Resolve the environment, DeepSpeed's source and the tools in the package index."""
    python = profile.env.python
    env = resolve(requirements(profile), python, ["deepspeed"], glibc, index)
    files = [*env, *resolve(TOOLS, python, (), glibc, index)]
    return [Artifact(name=file.name, size=file.size, sha256=file.sha256, origin=PYPI) for file in files]


def given(text: str) -> Artifact:
    """An artifact from `NAME=SHA256@ORIGIN` or `NAME=SHA256:SIZE@ORIGIN`; MirrorError for any other text."""
    match = re.fullmatch(r"(?P<name>[^=]+)=(?P<sha>[^:@]+)(:(?P<size>\d+))?@(?P<origin>.+)", text)
    if not match:
        raise MirrorError(
            step="read --file", expected="NAME=SHA256[:SIZE]@ORIGIN", actual=repr(text), remedy="write it that way"
        )
    line = f"{match['name']} {match['size'] or '-'} {match['sha']} {match['origin']}"
    return parse_lock(line, "--file").artifacts[0]


def from_folder(text: str) -> list[Artifact]:
    """Every file of a folder, hashed, from `ORIGIN=FOLDER`; MirrorError if that is no folder."""
    origin, _, folder = text.partition("=")
    if not folder or not Path(folder).is_dir():
        raise MirrorError(
            step="read --folder", expected="ORIGIN=FOLDER, a folder that exists", actual=repr(text), remedy="correct it"
        )
    files = sorted(path for path in Path(folder).iterdir() if path.is_file() and not path.name.startswith("."))
    return [Artifact(name=path.name, size=path.stat().st_size, sha256=sha256_of(path), origin=origin) for path in files]


def from_channel(text: str, profile: Profile, glibc: tuple[int, int]) -> list[Artifact]:
    """The packages of the profile's Python, from `ORIGIN=ADDRESS`; MirrorError if the channel has them not."""
    origin, _, channel = text.partition("=")
    if not channel:
        raise MirrorError(
            step="read --channel", expected="ORIGIN=ADDRESS", actual=repr(text), remedy="write it that way"
        )
    files = packages(channel.removeprefix(CHANNEL), profile.env.python, glibc)
    return [Artifact(name=file.name, size=file.size, sha256=file.sha256, origin=origin) for file in files]


def _merged(kept: Iterable[Artifact], fresh: Iterable[Artifact]) -> list[Artifact]:
    by_name = {artifact.name: artifact for artifact in (*kept, *fresh)}
    return sorted(by_name.values(), key=lambda artifact: (artifact.origin, artifact.name.lower()))


def make(
    profile: Profile,
    old: Lock | None,
    added: Iterable[Artifact],
    *,
    refresh: bool = True,
    glibc: tuple[int, int] = GLIBC,
    index: str | None = None,
) -> Lock:
    """The profile's lock: what the index has now, files of other origins as `old` has them, and `added`.

    glibc: of the oldest node. index: a package index's address, None for uv's own. refresh False keeps the
    index's files of `old` too. MirrorError if the installer of the profile is in neither.
    """
    before = old.artifacts if old else ()
    kept = [a for a in before if a.origin != PYPI or not refresh]
    fresh = from_index(profile, glibc, index) if refresh else []
    lock = Lock(artifacts=tuple(_merged(kept, [*fresh, *added])))
    if profile.conda.installer not in {artifact.name for artifact in lock.artifacts}:
        raise MirrorError(
            artifact=profile.conda.installer,
            step="lock",
            expected="the installer's SHA-256",
            actual="neither in the old lock nor on the command line",
            remedy=f"add --file {profile.conda.installer}=SHA256@ORIGIN",
        )
    return lock


def write(lock: Lock, path: Path, title: str) -> None:
    """Write the lock in one step."""
    text = HEADER.format(title=title) + "".join(f"{artifact.line}\n" for artifact in lock.artifacts)
    write_atomic(path, text, mode=0o644)
