"""Read what converge would change from pyinfra's dry plan, in a subprocess."""

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

# A dry plan of many nodes takes minutes; more than this means that a node or pyinfra hangs.
DEADLINE_S = 900.0


class CannotPlan(Exception):
    """pyinfra gave no plan; says what it said instead."""


@dataclass(frozen=True)
class Change:
    """One operation that would change the nodes named."""

    operation: str
    nodes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The change as JSON values."""
        return asdict(self)


def read_operations(text: str) -> tuple[Change, ...]:
    """Read every operation of a dry plan, with the nodes it would change.

    Raises CannotPlan when the text is no such document.
    """
    try:
        return tuple(Change(str(each["name"]), tuple(each["hosts_with_change"])) for each in json.loads(text)["plan"])
    except (ValueError, KeyError, TypeError) as error:
        raise CannotPlan(f"wanted pyinfra's plan as JSON, found {text[:200]!r}") from error


def read_plan(text: str) -> tuple[Change, ...]:
    """Read the changes of a dry plan; raise CannotPlan for other text."""
    return tuple(change for change in read_operations(text) if change.nodes)


def pending(inventory: Path, site: Path = Path("deploy/site.py")) -> tuple[Change, ...]:
    """What `pyinfra INVENTORY deploy/site.py --dry --json` would change; raises CannotPlan."""
    return tuple(change for change in run_dry(inventory, site) if change.nodes)


def run_dry(inventory: Path, site: Path = Path("deploy/site.py"), *, quick: bool = False) -> tuple[Change, ...]:
    """Run a dry plan; return every operation and the nodes it would change.

    quick: no file of an environment is read that the installer left as it is; its size and time are asked.
    Raises CannotPlan, with the last lines that pyinfra printed.
    """
    # Never -y: it skips the detection of changes.
    command = [str(Path(sys.executable).with_name("pyinfra")), str(inventory), str(site), "--dry", "--json"]
    command += ["--data", "hashed_bytes=0"] if quick else []
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=DEADLINE_S, check=False
        )
    except FileNotFoundError as error:
        raise CannotPlan(f"{command[0]} is not there: install trueup with pip") from error
    except subprocess.TimeoutExpired as error:
        raise CannotPlan(f"{' '.join(command)} gave no plan within {DEADLINE_S:.0f} s") from error
    if done.returncode != 0:
        last = "\n".join(done.stderr.strip().splitlines()[-15:])
        raise CannotPlan(f"{' '.join(command)} exited with {done.returncode}:\n{last}")
    return read_operations(done.stdout)
