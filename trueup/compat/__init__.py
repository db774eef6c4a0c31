"""Tell what fits with what: tables of facts, rules over them, and a solver for the newest stack that fits."""

from trueup.compat.engine import Compatibility, RuleViolation, evaluate_fleet, refuse_if_impossible
from trueup.compat.gpu_catalogue import GpuModel, gpu_models
from trueup.compat.rules import FLEET_RULES, NODE_RULES, Rule
from trueup.compat.solver import (
    WISHABLE,
    BadWish,
    Conflict,
    Constraint,
    NodeClass,
    Solution,
    node_classes_of,
    parse_constraint,
    solve,
)
from trueup.compat.solver.render import profiles_to_paste
from trueup.compat.stack import NodeFacts, declared_facts, stack_of
from trueup.compat.tables import lookup
from trueup.compat.tables.lookup import distro_name
from trueup.compat.versions import version_key

__all__ = [
    "FLEET_RULES",
    "NODE_RULES",
    "WISHABLE",
    "BadWish",
    "Compatibility",
    "Conflict",
    "Constraint",
    "GpuModel",
    "NodeClass",
    "NodeFacts",
    "Rule",
    "RuleViolation",
    "Solution",
    "declared_facts",
    "distro_name",
    "evaluate_fleet",
    "gpu_models",
    "lookup",
    "node_classes_of",
    "parse_constraint",
    "profiles_to_paste",
    "refuse_if_impossible",
    "solve",
    "stack_of",
    "version_key",
]
