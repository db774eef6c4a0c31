"""One wheel an architecture, compiled once and kept; each is looked into before it is served."""

import hashlib
import shutil
import sysconfig
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Collection
from pathlib import Path

from lab.apt_repo.build import ensure_toolkit
from lab.conda.build import ensure as conda_ensure
from lab.deepspeed.build_in_chroot import PACKAGES, RECIPE, compile_wheels
from lab.errors import LabError
from lab.paths import cache_root
from lab.process import run
from lab.stacks import LabStack
from trueup.declaration import Profile
from trueup.files import locked
from trueup.lockfile import Lock, architecture, build_tag, read_lock, sdist_name, wheel_name
from trueup.mirror import Cache

# A100 and V100S: what the lab's nodes have.
CAPABILITIES = ("8.0", "7.0")


def recipe_hash(profile: Profile, lock: Lock, compiler: Path) -> str:
    """16 hex digits that change with whatever goes into a wheel."""
    lines = [each.line for each in lock.env_wheels()] + [lock.artifact(sdist_name(profile.deepspeed)).line]
    names = [wheel_name(profile.deepspeed, profile.env, each) for each in CAPABILITIES]
    digest = hashlib.sha256("\n".join([*lines, *names, *PACKAGES, compiler.parent.name]).encode())
    digest.update(RECIPE.read_bytes())
    return digest.hexdigest()[:16]


def ensure(stack: LabStack, progress: Callable[[str], None] | None = None) -> list[Path]:
    """The stack's wheels, compiled when their recipe is new (two minutes on two cores; 5 GB of scratch).

    The mirror's cache must hold the lock's files. Raises LabError, MirrorError.
    """
    say = progress or (lambda _line: None)
    profile, lock, compiler = stack.profile, read_lock(stack.lock), ensure_toolkit(stack)
    folder = cache_root() / "deepspeed"
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / recipe_hash(profile, lock, compiler)
    with locked(folder / ".lock"):
        if not place.is_dir():
            with tempfile.TemporaryDirectory(dir=folder, prefix=".new-") as scratch:
                work = Path(scratch)
                _lay_out(stack, lock, compiler, work, say)
                builds = [(each, build_tag(profile.deepspeed, profile.env, each)) for each in CAPABILITIES]
                compile_wheels(work, profile.deepspeed.build_ops, builds, folder / "build.log", say)
                for capability in CAPABILITIES:
                    name = wheel_name(profile.deepspeed, profile.env, capability)
                    look_into(work / "out" / name, capability, profile.deepspeed.build_ops, work / "cuda")
                (work / "out").rename(place)
    return sorted(place.glob("*.whl"))


def _lay_out(stack: LabStack, lock: Lock, compiler: Path, work: Path, say: Callable[[str], None]) -> None:
    """Python and the locked wheels, the toolkit, the sources."""
    cache = Cache.default()
    say("unpack Python, torch and nvcc")
    with tarfile.open(next(conda_ensure().glob("python-*.tar.bz2"))) as package:
        package.extractall(work / "env", filter="tar")
    uv = str(Path(sysconfig.get_path("scripts")) / "uv")
    wheels = [str(cache.path(each)) for each in lock.env_wheels()]
    install = (uv, "pip", "install", "-q", "--no-deps", "--no-index", "--python", str(work / "env/bin/python"))
    run("install torch to compile against", *install, *wheels, deadline=900, env={"UV_CACHE_DIR": str(work / "uv")})
    run("unpack nvcc", "dpkg-deb", "--extract", str(compiler), str(work / "toolkit"), deadline=120)
    (work / f"toolkit{stack.toolkit.home}").rename(work / "cuda")
    shutil.copyfile(cache.path(lock.artifact(sdist_name(stack.profile.deepspeed))), work / "sdist.tar.gz")
    shutil.copyfile(RECIPE, work / "build.sh")


def look_into(wheel: Path, capability: str, declared: Collection[str], cuda: Path) -> None:
    """The declared ops are there, and each holds code for the architecture and for no other; LabError where not."""
    wanted = architecture(capability)
    with zipfile.ZipFile(wheel) as opened, tempfile.TemporaryDirectory() as scratch:
        ops = [name for name in opened.namelist() if name.endswith(".so")]
        for name in ops:
            path = opened.extract(name, scratch)
            listed = run("look into an op", str(cuda / "bin/cuobjdump"), "--list-elf", path, deadline=60)
            found = {word for line in listed.splitlines() for word in line.split(".") if word.startswith("sm_")}
            if found != {wanted}:
                raise _wrong(wheel, name, wanted, ", ".join(sorted(found)) or "no device code")
    if len(ops) != len(declared):
        raise _wrong(wheel, "ops", ", ".join(declared), ", ".join(ops) or "none")


def _wrong(wheel: Path, what: str, wanted: str, found: str) -> LabError:
    todo = "look at the variables in lab/deepspeed/recipe/build.sh: without DS_ACCELERATOR=cuda a CPU op slips in"
    return LabError(f"look into {wheel.name}: {what}", expected=wanted, actual=found, remedy=todo)
