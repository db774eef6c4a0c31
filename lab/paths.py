"""Where the lab keeps its things on the controller; inventory.py as shipped names the same places."""

from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent


def state_root() -> Path:
    """Return all instances' state, one folder each."""
    return Path.home() / ".local/state/trueup/lab"


def cache_root() -> Path:
    """Return what every instance shares and a `down` leaves: images, artifacts, the mirror's folder."""
    return Path.home() / ".cache/trueup"
