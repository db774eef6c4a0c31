"""From a fleet and wishes to the newest stack that fits, exactly."""

from trueup.compat.solver.conflict import Conflict
from trueup.compat.solver.constraints import WISHABLE, BadWish, Constraint, parse_constraint
from trueup.compat.solver.node_classes import NodeClass, node_classes_of
from trueup.compat.solver.solve import Solution, solve

__all__ = [
    "WISHABLE",
    "BadWish",
    "Conflict",
    "Constraint",
    "NodeClass",
    "Solution",
    "node_classes_of",
    "parse_constraint",
    "solve",
]
