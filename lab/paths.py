"""Where the lab keeps its things on the controller."""

import os
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent


def state_root() -> Path:
    """All instances' state, one folder each (XDG base directory specification)."""
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state"
    return Path(base) / "trueup/lab"


def cache_root() -> Path:
    """What every instance shares and a `down` leaves: images, artifacts, the mirror's folder."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "trueup"
