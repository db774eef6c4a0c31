"""Read the site's lockfile: artifacts that the site built or vouches for.

`locks/lab.site.lock` stands beside `locks/lab.lock`, in the same format, and is never committed: DeepSpeed wheels
that were compiled here (one a GPU architecture, so that a project may come several times), and the key that
signs the packages of NVIDIA's repository.
"""

from pathlib import Path

from trueup.lockfile.lockfile import Artifact, Lock, LockError, parse_lock


def site_lock_path(lock: Path) -> Path:
    """locks/lab.lock -> locks/lab.site.lock."""
    return lock.with_suffix(".site.lock")


def read_site_lock(lock: Path) -> Lock:
    """Read the site lockfile's artifacts, none without one; LockError if invalid."""
    path = site_lock_path(lock)
    if not path.exists():
        return Lock(artifacts=())
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise LockError(f"{path}: cannot be read: {error}") from error
    found = [parse_lock(line, f"{path}:{number}") for number, line in enumerate(lines, start=1)]
    artifacts = [artifact for each in found for artifact in each.artifacts]
    names = [artifact.name for artifact in artifacts]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise LockError(f"{path}: locked twice: {', '.join(twice)}")
    return Lock(artifacts=tuple(artifacts))


def find_artifact(name: str, *locks: Lock) -> Artifact | None:
    """Find the artifact by file name in the first lockfile that has it."""
    for lock in locks:
        for artifact in lock.artifacts:
            if artifact.name == name:
                return artifact
    return None
