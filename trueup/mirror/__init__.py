"""Fetch, verify and serve the artifacts of a lockfile for nodes that cannot reach the Internet."""

from trueup.mirror.cache import Cache, sha256_of
from trueup.mirror.conda_channel import is_conda_package
from trueup.mirror.errors import MirrorError
from trueup.mirror.fetch import fetch_artifacts, missing_artifacts
from trueup.mirror.layout import assemble
from trueup.mirror.origins import addresses, read_settings
from trueup.mirror.sync import sync_folder

__all__ = [
    "Cache",
    "MirrorError",
    "addresses",
    "assemble",
    "fetch_artifacts",
    "is_conda_package",
    "missing_artifacts",
    "read_settings",
    "sha256_of",
    "sync_folder",
]
