"""From a fleet and wishes to the newest stack that fits, exactly."""

from trueup.spec.solve.conflict import Conflict
from trueup.spec.solve.kinds import Kind, kinds_of
from trueup.spec.solve.solve import Solution, solve
from trueup.spec.solve.wishes import WISHABLE, BadWish, Wish, parse

__all__ = ["WISHABLE", "BadWish", "Conflict", "Kind", "Solution", "Wish", "kinds_of", "parse", "solve"]
