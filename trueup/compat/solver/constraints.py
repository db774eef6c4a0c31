"""What an operator may ask of a stack: conditions on single versions."""

import re
from dataclasses import dataclass

from trueup.compat.versions import version_key

# The dimensions of a stack that a wish can speak of.
WISHABLE = ("torch", "python", "build", "toolkit", "deepspeed", "branch", "modules", "numpy", "setuptools")
_CLAUSE = re.compile(r"(==|!=|<=|>=|~=|<|>)?\s*(\d+(?:\.\d+)*)(\.\*)?")


class BadWish(ValueError):
    """The wish cannot be parsed, so nothing can be said about it."""


@dataclass(frozen=True)
class Constraint:
    """One condition, e.g. Wish("torch", ">=2.4,<2.11"); a bare version means that version and its patches."""

    what: str
    text: str

    def __str__(self) -> str:
        return f"--{self.what} '{self.text}'"

    def allows(self, value: str) -> bool:
        """Return whether the value satisfies the wish; raise BadWish if unparsable."""
        if self.what == "modules":
            if self.text not in ("open", "proprietary"):
                raise BadWish(f'cannot judge --modules "{self.text}": say open or proprietary')
            return value == self.text
        # Every clause is parsed, so that a malformed one is reported even after one that refuses.
        held = [_holds(self, clause.strip(), value) for clause in self.text.split(",")]
        return all(held)


def parse_constraint(what: str, text: str) -> Constraint:
    """Parse a wish and try it once; raise BadWish before any search."""
    if what not in WISHABLE:
        raise BadWish(f'cannot judge a wish about "{what}": it can be about {", ".join(WISHABLE)}')
    wish = Constraint(what, text)
    wish.allows("open" if what == "modules" else "0")
    return wish


def _holds(wish: Constraint, clause: str, value: str) -> bool:
    found = _CLAUSE.fullmatch(clause)
    if found is None:
        raise BadWish(f"cannot judge {wish}: wanted e.g. '>=2.4,<2.11', '3.10' or '!=2.7.1', found \"{clause}\"")
    sign, version, _ = found.groups()
    have, want = version_key(value), version_key(version)
    prefix = value.split("+", 1)[0].split(".")[: len(version.split("."))] == version.split(".")
    match sign:
        case None:
            return prefix
        case "==":
            return have == want or (found.group(3) is not None and prefix)
        case "!=":
            return have != want
        case "<=":
            return have <= want
        case ">=":
            return have >= want
        case "<":
            return have < want
        case ">":
            return have > want
        case _:
            return have >= want and value.split(".")[: version.count(".")] == version.split(".")[:-1]
