"""One wheel an architecture, compiled once and kept; each is looked into before it is served."""

import fcntl
import hashlib
import shutil
import sysconfig
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from lab.conda.build import ensure as conda_ensure
from lab.deepspeed.chroot import PACKAGES, RECIPE, compile_wheels
from lab.errors import LabError
from lab.paths import REPOSITORY, cache_root
from lab.repo import toolkit
from lab.repo.build import ensure_toolkit
from lab.repo.run import run
from trueup.mirror.cache import Cache
from trueup.spec.lock import Lock, read_lock
from trueup.spec.prebuilt import architecture, build_tag, sdist_name, wheel_name
from trueup.spec.shipped import LAB

# A100 and V100S: what the lab's nodes have.
CAPABILITIES = ("8.0", "7.0")


def recipe_hash(lock: Lock, compiler: Path) -> str:
    """16 hex digits that change with whatever goes into a wheel."""
    lines = [each.line for each in lock.env_wheels()] + [lock.artifact(sdist_name(LAB.deepspeed)).line]
    names = [wheel_name(LAB.deepspeed, LAB.env, each) for each in CAPABILITIES]
    digest = hashlib.sha256("\n".join([*lines, *names, *PACKAGES, compiler.parent.name]).encode())
    digest.update(RECIPE.read_bytes())
    return digest.hexdigest()[:16]


def ensure(progress: Callable[[str], None] | None = None) -> list[Path]:
    """The wheels, compiled when their recipe is new (two minutes on two cores; 5 GB of scratch).

    The mirror's cache must hold the lock's files. Raises LabError, MirrorError.
    """
    say = progress or (lambda _line: None)
    lock = read_lock(REPOSITORY / LAB.lock)
    compiler = ensure_toolkit()
    folder = cache_root() / "deepspeed"
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / recipe_hash(lock, compiler)
    with (folder / ".lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if not place.is_dir():
            with tempfile.TemporaryDirectory(dir=folder, prefix=".new-") as scratch:
                work = Path(scratch)
                _lay_out(lock, compiler, work, say)
                builds = [(each, build_tag(LAB.deepspeed, LAB.env, each)) for each in CAPABILITIES]
                compile_wheels(work, LAB.deepspeed.build_ops, builds, folder / "build.log", say)
                for capability in CAPABILITIES:
                    look_into(work / "out" / wheel_name(LAB.deepspeed, LAB.env, capability), capability, work / "cuda")
                (work / "out").rename(place)
    return sorted(place.glob("*.whl"))


def _lay_out(lock: Lock, compiler: Path, work: Path, say: Callable[[str], None]) -> None:
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
    (work / f"toolkit/usr/local/cuda-{toolkit.TOOLKIT}").rename(work / "cuda")
    shutil.copyfile(cache.path(lock.artifact(sdist_name(LAB.deepspeed))), work / "sdist.tar.gz")
    shutil.copyfile(RECIPE, work / "build.sh")


def look_into(wheel: Path, capability: str, cuda: Path) -> None:
    """Every op of the wheel holds code for the architecture and for no other; LabError where one does not."""
    wanted = architecture(capability)
    with zipfile.ZipFile(wheel) as opened, tempfile.TemporaryDirectory() as scratch:
        ops = [name for name in opened.namelist() if name.endswith(".so")]
        for name in ops:
            path = opened.extract(name, scratch)
            listed = run("look into an op", str(cuda / "bin/cuobjdump"), "--list-elf", path, deadline=60)
            found = {word for line in listed.splitlines() for word in line.split(".") if word.startswith("sm_")}
            if found != {wanted}:
                raise _wrong(wheel, name, wanted, ", ".join(sorted(found)) or "no device code")
    if len(ops) != len(LAB.deepspeed.build_ops):
        raise _wrong(wheel, "ops", ", ".join(LAB.deepspeed.build_ops), ", ".join(ops) or "none")


def _wrong(wheel: Path, what: str, wanted: str, found: str) -> LabError:
    todo = "look at the variables in lab/deepspeed/recipe/build.sh: without DS_ACCELERATOR=cuda a CPU op slips in"
    return LabError(f"look into {wheel.name}: {what}", wanted=wanted, found=found, todo=todo)
