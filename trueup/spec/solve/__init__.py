"""From a fleet and wishes to the newest stack that fits, exactly."""

from trueup.spec.solve.solve import Conflict, Kind, Solution, kinds_of, solve
from trueup.spec.solve.wishes import WISHABLE, BadWish, Wish, parse

__all__ = ["WISHABLE", "BadWish", "Conflict", "Kind", "Solution", "Wish", "kinds_of", "parse", "solve"]
