"""Every stack that the tables can form, newest first in each dimension."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from trueup.compat.solver.constraints import Constraint
from trueup.compat.stack import Stack
from trueup.compat.tables import lookup, schema
from trueup.compat.versions import minor, version_key

# The order of importance: the newest torch first, then the newest DeepSpeed, then the rest.
DIMENSIONS = (
    "torch",
    "deepspeed",
    "build",
    "toolkit",
    "branch",
    "modules",
    "python",
    "numpy",
    "setuptools",
)
# The last releases before pkg_resources lost packaging (70) and went away (82), and the newest.
SETUPTOOLS = ("84.2.1", "81.0.0", "69.5.1")
KEPT = "kept"


def _newest_first(versions: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(dict.fromkeys(versions), key=version_key, reverse=True))


def everything() -> dict[str, tuple[str, ...]]:
    """All values that the tables know for each dimension."""
    releases = lookup.every("torch", schema.TorchRow)
    pythons = {
        f"3.{number}"
        for row in releases
        for number in range(version_key(row.python_min)[1], version_key(row.python_max)[1] + 1)
    }
    return {
        "torch": _newest_first(row.torch for row in releases),
        "deepspeed": _newest_first(row.newest for row in lookup.every("deepspeed", schema.DeepSpeedRow)),
        "build": _newest_first(row.build for row in lookup.every("builds", schema.Build)),
        "toolkit": _newest_first(minor(row.toolkit) for row in lookup.every("toolkits", schema.Toolkit)),
        "branch": _newest_first(row.branch for row in lookup.every("branches", schema.Branch)),
        "modules": ("open", "proprietary"),
        "python": _newest_first(pythons),
        "numpy": _newest_first(row.newest for row in lookup.every("numpy", schema.Numpy)),
        "setuptools": SETUPTOOLS,
    }


@dataclass(frozen=True)
class Space:
    """The values still allowed in each dimension, and what is the same in every stack."""

    values: Mapping[str, tuple[str, ...]]
    base: Stack

    def under(self, wishes: Iterable[Constraint], keep_driver: bool = False) -> "Space":
        """What is left under the wishes; keep_driver leaves each node the branch that it has."""
        left = dict(self.values)
        if keep_driver:
            left["branch"] = (KEPT,)
        for wish in wishes:
            if not (keep_driver and wish.what == "branch"):
                left[wish.what] = tuple(value for value in left[wish.what] if wish.allows(value))
        return replace(self, values=left)

    def only(self, **fixed: str) -> "Space":
        """The same space with some dimensions fixed."""
        return replace(self, values={**self.values, **{name: (value,) for name, value in fixed.items()}})

    def stack(self, chosen: Mapping[str, str]) -> Stack:
        """The stack of the values chosen so far; torchvision and torchaudio follow from torch."""
        fields: dict[str, Any] = dict(chosen)
        if "torch" in fields:
            row = lookup.torch(fields["torch"])
            fields |= {"torchvision": row.torchvision[0], "torchaudio": row.torchaudio[0]}
        return replace(self.base, **fields)
