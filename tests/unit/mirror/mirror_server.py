"""Fetching in tests: into a cache of the test, and without waiting."""

from pathlib import Path

from tests.unit.mirror.conftest import Origin
from trueup.lockfile import Artifact
from trueup.mirror.cache import Cache
from trueup.mirror.fetch import fetch_artifacts


def part_of(cache: Cache, artifact: Artifact) -> Path:
    """Where a file lies while it is not yet whole."""
    path = cache.path(artifact)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.with_name(path.name + ".part")


def get(cache: Cache, origin: Origin, *artifacts: Artifact) -> None:
    """Fetch from that origin without waiting between tries."""
    fetch_artifacts(artifacts, {a.name: f"{origin.url}/{a.name}" for a in artifacts}, cache, pause_s=0)
