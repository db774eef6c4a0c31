"""The yum repositories that the mirror serves to a node of EL shape, signed; built once for each recipe."""

import hashlib
import shutil
import tempfile
from pathlib import Path

from lab.apt_repo import build as debs
from lab.apt_repo import signing
from lab.el_node import packages, rpm
from lab.errors import LabError
from lab.paths import cache_root
from lab.process import run
from lab.stacks import STANDARD_STACK

HERE = Path(__file__).resolve().parent
# Where NVIDIA has its packages for EL 9, and where the lab has the distribution's own.
NVIDIA = "rhel9/x86_64"
OWN = "rocky9/x86_64"
MODULE = "nvidia-driver"
RECIPE = ("build.py", "content.py", "packages.py", "rpm.py")


def modules(streams: dict[str, list[rpm.Rpm]]) -> str:
    """modules.yaml: each stream with a default profile, and which packages it may draw from (modulemd 2)."""
    documents = []
    for stream, rpms in streams.items():
        names = sorted({each.name for each in rpms})
        artifacts = "".join(f"    - {each.nevra}\n" for each in rpms)
        documents.append(
            f'---\ndocument: modulemd\nversion: 2\ndata:\n  name: {MODULE}\n  stream: "{stream}"\n  version: 1\n'
            '  context: "00000000"\n  arch: x86_64\n  summary: the stand-in for NVIDIA\'s driver\n'
            f"  description: {rpm.NOTICE}\n  license:\n    module: [MIT]\n  profiles:\n    default:\n      rpms:\n"
            + "".join(f"      - {name}\n" for name in names)
            + f"  artifacts:\n    rpms:\n{artifacts}...\n"
        )
    profiles = "".join(f'    "{stream}": [default]\n' for stream in streams)
    documents.append(
        f"---\ndocument: modulemd-defaults\nversion: 1\ndata:\n  module: {MODULE}\n  profiles:\n{profiles}...\n"
    )
    return "".join(documents)


def publish(folder: Path, rpms: list[Path], key: Path, streams: str = "") -> None:
    """Packages, their index, the module streams, the signature, the key."""
    folder.mkdir(parents=True)
    for each in rpms:
        shutil.move(each, folder / each.name)
    run("index the repository", "createrepo_c", "--quiet", str(folder), deadline=300)
    if streams:
        (folder / "modules.yaml").write_text(streams, encoding="utf-8")
        run("index the module streams", "modifyrepo_c", "--mdtype=modules", str(folder / "modules.yaml"),
            str(folder / "repodata"), deadline=60)  # fmt: skip
    signing.sign_index(folder, key)
    shutil.copyfile(key / signing.NAME, folder / signing.EL_NAME)


def _recipe(key: Path) -> str:
    digest = hashlib.sha256((key / signing.NAME).read_bytes() + debs.recipe_hash(STANDARD_STACK).encode())
    digest.update("".join(sorted(str(each) for each in debs.packages(STANDARD_STACK))).encode())
    for name in RECIPE:
        digest.update((HERE / name).read_bytes())
    return digest.hexdigest()[:16]


def _require_tools() -> None:
    """Raise LabError where this machine cannot make packages for rpm; the list is one that lab/packages.sh reads."""
    lines = (HERE / "host-packages.txt").read_text(encoding="utf-8").splitlines()
    lacking = [line.split() for line in lines if not line.startswith("#") and shutil.which(line.split()[0]) is None]
    if lacking:
        raise LabError(
            rpm.STEP,
            expected=", ".join(program for program, _ in lacking),
            actual="none on this machine",
            remedy=f"apt-get install {' '.join(sorted({package for _, package in lacking}))}",
        )


def ensure() -> Path:
    """The folder to serve as <mirror>/yum; raises LabError."""
    _require_tools()
    key = signing.ensure_key()
    place = cache_root() / "repo/yum" / _recipe(key)
    if not place.is_dir():
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent, prefix=".new-") as folder:
            scratch = Path(folder)
            made = scratch / "yum"
            for name in ("own", "nvidia"):
                (scratch / name).mkdir()
            plain, streams = packages.of_nvidia(scratch / "nvidia")
            in_streams = [each for rpms in streams.values() for each in rpms]
            publish(made / OWN, rpm.build(packages.of_distribution(scratch / "own"), scratch / "own", key), key)
            publish(made / NVIDIA, rpm.build([*plain, *in_streams], scratch / "nvidia", key), key, modules(streams))
            (made / "rhel8").symlink_to(NVIDIA.partition("/")[0])
            if not place.is_dir():
                made.chmod(0o755)
                made.rename(place)
    return place


def born(mirror: str) -> str:
    """A shell script for the node: the distribution's own repository, and the key that signs it."""
    key = (signing.ensure_key() / signing.NAME).read_text(encoding="ascii")
    path = "/etc/pki/rpm-gpg/RPM-GPG-KEY-Rocky-9"
    return (
        f"cat > {path} <<'END'\n{key}END\n"
        f"cat > /etc/yum.repos.d/rocky.repo <<'END'\n[baseos]\nname=Rocky Linux 9 (a stand-in of trueup's lab)\n"
        f"baseurl={mirror}/yum/{OWN}/\nenabled=1\ngpgcheck=1\nrepo_gpgcheck=1\ngpgkey=file://{path}\nEND\n"
        f"rpm --import {path}\n"
        # A folder of the image's own layer cannot be renamed, which rpm --rebuilddb does.
        "if [ ! -e /var/lib/lab-rpm ]; then cp -a /var/lib/rpm /var/lib/rpm.born && rm -rf /var/lib/rpm && "
        "mv /var/lib/rpm.born /var/lib/rpm && touch /var/lib/lab-rpm; fi"
    )
