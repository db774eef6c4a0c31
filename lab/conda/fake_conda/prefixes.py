"""Where things are: the base, its environments, the package caches."""

import os
import sys
from pathlib import Path

from .errors import no_environment


def root() -> Path:
    """The base's prefix: the one whose Python runs this."""
    return Path(os.environ.get("TRUEUP_LAB_CONDA_ROOT") or sys.prefix)


def named(name: str) -> Path:
    """The prefix of an environment by its name."""
    return root() if name == "base" else root() / "envs" / name


def is_environment(prefix: Path) -> bool:
    """Whether conda knows the folder."""
    return (prefix / "conda-meta" / "history").is_file()


def existing(prefix: Path) -> Path:
    """The prefix; CondaError if it is no environment."""
    if not is_environment(prefix):
        raise no_environment(str(prefix))
    return prefix


def _registry() -> Path:
    return Path.home() / ".conda" / "environments.txt"


def register(prefix: Path) -> None:
    """Note an environment outside envs/ where `conda env list` finds it again."""
    if prefix.parent == root() / "envs":
        return
    known = _registry().read_text(encoding="utf-8").splitlines() if _registry().is_file() else []
    if str(prefix) not in known:
        _registry().parent.mkdir(exist_ok=True)
        _registry().write_text("".join(f"{line}\n" for line in [*known, prefix]), encoding="utf-8")


def environments() -> list[Path]:
    """All environments, the base last."""
    inside = (root() / "envs").glob("*")
    noted = _registry().read_text(encoding="utf-8").splitlines() if _registry().is_file() else []
    found = {path for path in (*inside, *map(Path, noted)) if is_environment(path)} - {root()}
    return [*sorted(found), root()]


def package_cache() -> Path:
    """The first package cache that can be written: the base's, else the account's own."""
    shared = root() / "pkgs"
    cache = shared if os.access(shared, os.W_OK) else Path.home() / ".conda" / "pkgs"
    cache.mkdir(parents=True, exist_ok=True)
    return cache
