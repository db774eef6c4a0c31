"""Read lockfiles, and name the wheels that a site builds itself."""

from trueup.lockfile.lockfile import Artifact, Lock, LockError, parse_lock, read_lock
from trueup.lockfile.site_lockfile import find_artifact, read_site_lock, site_lock_path
from trueup.lockfile.wheel_names import architecture, build_tag, capability, sdist_name, wheel_name

__all__ = [
    "Artifact",
    "Lock",
    "LockError",
    "architecture",
    "build_tag",
    "capability",
    "find_artifact",
    "parse_lock",
    "read_lock",
    "read_site_lock",
    "sdist_name",
    "site_lock_path",
    "wheel_name",
]
