"""Builds the repository: the toolkit's package once for each recipe, then a signed index over all packages."""

import gzip
import hashlib
import importlib
import importlib.util
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from lab.apt_repo import debian, signing, toolkit
from lab.paths import cache_root
from lab.process import run
from lab.stacks import LabStack
from trueup.lockfile import Artifact, Lock, read_lock
from trueup.mirror import Cache, addresses, fetch_artifacts, missing_artifacts, read_settings

# Where NVIDIA has the packages for Debian 12, and for the other nodes of lab/topologies.py, which get the same.
PLACE = "debian12/x86_64"
ALIKE = ("debian11", "debian13", "ubuntu2204", "ubuntu2404")
RELEASE = {"Origin": "NVIDIA", "Label": "a stand-in made by trueup's lab", "Architectures": "amd64"}
RECIPE = ("toolkit.py", "nvcc.profile", "postinst", "prerm")
# One recipe makes one package: a later day differs in no byte.
EPOCH = {"SOURCE_DATE_EPOCH": "1664323200"}


def wheels(stack: LabStack) -> list[Artifact]:
    """NVIDIA's wheels that the toolkit is made of."""
    shared = [each for each in read_lock(stack.lock).artifacts if each.project in stack.toolkit.shared]
    return [*read_lock(toolkit.HERE / stack.toolkit.lock).artifacts, *shared]


def recipe_hash(stack: LabStack, texts: Iterable[str] = ()) -> str:
    """16 hex digits that change with what the toolkit is made of and by, or with ``texts``."""
    digest = hashlib.sha256("\n".join([*(each.line for each in wheels(stack)), *texts]).encode())
    for name in RECIPE:
        digest.update(name.encode() + b"\0" + (toolkit.HERE / name).read_bytes())
    return digest.hexdigest()[:16]


def ensure_toolkit(stack: LabStack) -> Path:
    """The toolkit's .deb, built when its recipe is new (110 MB, 15 s); raises LabError, MirrorError."""
    place = cache_root() / "repo/toolkit" / recipe_hash(stack)
    if not place.is_dir():
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent, prefix=".new-") as scratch:
            _keep(_build_toolkit(stack, Path(scratch)), place)
    return next(place.glob("*.deb"))


def _build_toolkit(stack: LabStack, scratch: Path) -> Path:
    cache, wanted = Cache.default(), wheels(stack)
    lacking = missing_artifacts(wanted, cache)
    if lacking:
        fetch_artifacts(lacking, addresses(Lock(artifacts=tuple(lacking)), read_settings()), cache)
    package = debian.download(toolkit.DEBIAN, stack.toolkit.suite, scratch)
    run("unpack Debian's nvcc", "dpkg-deb", "--extract", str(package), str(scratch / "debian"), deadline=120)
    tree, made = scratch / stack.toolkit.package, scratch / "made"
    toolkit.lay_out(stack.toolkit, scratch / "debian", map(cache.path, wanted), tree)
    made.mkdir()
    pack = ("dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "--build")
    run("pack the toolkit", *pack, str(tree), str(made), deadline=300, env=EPOCH)
    return made


def packages(stack: LabStack) -> list[Path]:
    """Every package of the repository: the toolkit, and the driver's stand-ins where the lab has them."""
    found = [ensure_toolkit(stack)]
    if importlib.util.find_spec("lab.gpu.build") is not None:
        found += importlib.import_module("lab.gpu.build").ensure()
    return found


def ensure(stack: LabStack) -> Path:
    """The folder to serve as <mirror>/apt, holding debian12/x86_64 with its packages, index, signatures and key.

    Cached by its recipe; raises LabError, MirrorError.
    """
    key = signing.ensure_key()
    found = packages(stack)
    digests = [hashlib.sha256((key / signing.NAME).read_bytes()).hexdigest(), *map(str, sorted(found))]
    place = cache_root() / "repo/apt" / recipe_hash(stack, digests)
    if not place.is_dir():
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent, prefix=".new-") as scratch:
            folder = Path(scratch) / "apt" / PLACE
            folder.mkdir(parents=True)
            publish(folder, found, key)
            _keep(Path(scratch) / "apt", place)
    for name in ALIKE:
        if not (place / name).is_symlink():
            (place / name).symlink_to(PLACE.partition("/")[0])
    return place


def publish(folder: Path, debs: Iterable[Path], key: Path) -> None:
    """Fill a folder with packages and a signed index of them, flat as NVIDIA's is."""
    for deb in debs:
        shutil.copyfile(deb, folder / deb.name)
    index = run("index the repository", "apt-ftparchive", "packages", ".", deadline=300, cwd=folder)
    (folder / "Packages").write_text(index)
    (folder / "Packages.gz").write_bytes(gzip.compress(index.encode(), mtime=0))
    options = [word for name, value in RELEASE.items() for word in ("-o", f"APT::FTPArchive::Release::{name}={value}")]
    release = run("index the repository", "apt-ftparchive", *options, "release", ".", deadline=300, cwd=folder)
    (folder / "Release").write_text(release)
    signing.sign(folder, key)
    shutil.copyfile(key / signing.NAME, folder / signing.NAME)


def _keep(made: Path, place: Path) -> None:
    """Two builders at once: the first one's folder stays, the other's is as good."""
    if not place.is_dir():
        made.chmod(0o755)
        made.rename(place)
