"""The nodes' base image: pulled where a registry answers, else built by mmdebstrap; kept either way."""

import hashlib
import shutil
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

from lab.errors import LabError
from lab.host_apt import SUITE, HostAptSettings, gather
from lab.paths import HERE, cache_root
from lab.podman import Podman
from lab.progress import Steps

BASE = HERE / "base"
RELEASES = {"bullseye": "11", "bookworm": "12", "trixie": "13"}
REGISTRY_IMAGE = "debian"  # a short name: the machine's registries.conf says whose
BOOTSTRAPPED = "localhost/trueup-debian"
PULL_DEADLINE = 180.0
BOOTSTRAP_DEADLINE = 900.0
BUILD_DEADLINE = 900.0


def name_of(carried: HostAptSettings) -> str:
    """The image's name, which changes with anything that goes into it; a suite stands in the lines of its archive."""
    digest = hashlib.sha256(repr(carried).encode())
    for path in sorted(path for path in BASE.rglob("*") if path.is_file()):
        digest.update(str(path.relative_to(BASE)).encode() + b"\0" + path.read_bytes())
    return f"localhost/trueup-lab:{digest.hexdigest()[:16]}"


def ensure(podman: Podman, steps: Steps, suite: str = SUITE) -> str:
    """Return the name of an image that exists; raises LabError when neither way yields one."""
    try:
        carried = of_suite(gather(), suite)
    except subprocess.SubprocessError as error:
        raise LabError(
            "ask apt how this machine reaches Debian's archive",
            expected="`apt-get indextargets` and `apt-config dump` to succeed",
            actual=str(error),
            remedy="repair this machine's apt: apt-get update",
        ) from error
    name = name_of(carried)
    if not podman.ok("image", "exists", name):
        with steps.step(f"base image: Debian {RELEASES[suite]} (about a minute, once)"):
            base = _base(podman, carried, suite)
        with steps.step("node image: systemd, sshd, the lab's way in"):
            _build(podman, base, carried, name)
    return name


def of_suite(carried: HostAptSettings, suite: str) -> HostAptSettings:
    """Return the same machine's way to another suite of the archive; updates and security stay with its own."""
    if suite == SUITE:
        return carried
    lines = [line.split() for line in carried.sources]
    uris = dict.fromkeys(uri for _, uri, release, *_ in lines if release == SUITE)
    return replace(carried, sources=tuple(f"deb {uri} {suite} main" for uri in uris))


def _base(podman: Podman, carried: HostAptSettings, suite: str) -> str:
    bootstrapped, pulled = f"{BOOTSTRAPPED}:{RELEASES[suite]}", f"{REGISTRY_IMAGE}:{RELEASES[suite]}"
    if podman.ok("image", "exists", bootstrapped):
        return bootstrapped
    if podman.ok("image", "exists", pulled) or podman.ok("pull", "--quiet", pulled, deadline=PULL_DEADLINE):
        return pulled
    tar = cache_root() / "lab" / f"{suite}.tar"
    if not tar.exists():
        _bootstrap(tar, carried, suite)
    podman.call("import", "--quiet", str(tar), bootstrapped, step="import the base image", deadline=300)
    return bootstrapped


def _bootstrap(tar: Path, carried: HostAptSettings, suite: str) -> None:
    """Run mmdebstrap; the tar appears whole or not at all."""
    tar.parent.mkdir(parents=True, exist_ok=True)
    fresh = tar.with_suffix(".new.tar")
    packages = ",".join((BASE / "packages.txt").read_text().split())
    command = ["mmdebstrap", "--variant=minbase", f"--include={packages}"]
    command += [f"--aptopt={option}" for option in carried.options]
    command += [suite, str(fresh), *carried.sources]
    try:
        done = subprocess.run(command, text=True, capture_output=True, timeout=BOOTSTRAP_DEADLINE, check=False)
        found = done.stderr.strip()[-2000:] if done.returncode else ""
    except subprocess.TimeoutExpired:
        found = "no end"
    if found:
        raise LabError(
            "build the base image",
            expected=f"mmdebstrap to succeed within {BOOTSTRAP_DEADLINE:.0f} s",
            actual=found,
            remedy="see that `apt-get update` works on this machine, then run `trueup lab up` again",
        )
    fresh.replace(tar)


def _build(podman: Podman, base: str, carried: HostAptSettings, name: str) -> None:
    with tempfile.TemporaryDirectory(prefix="trueup-lab-") as folder:
        context = Path(folder) / "context"
        shutil.copytree(BASE, context)
        carried.write(context / "carry")
        podman.call(
            "build",
            "--isolation=chroot",
            f"--build-arg=BASE={base}",
            f"--tag={name}",
            f"--file={context / 'Containerfile'}",
            folder,
            step="build the node image",
            deadline=BUILD_DEADLINE,
        )
