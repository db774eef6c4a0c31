"""The rules of what fits with what, one module a subject; importing this package registers all of them."""

from trueup.compat.rules import deepspeed, fleet, hardware, host, ops, torch, wheels
from trueup.compat.rules.rule import FLEET_RULES, NODE_RULES, Breach, Level, Rule

__all__ = [
    "FLEET_RULES",
    "NODE_RULES",
    "Breach",
    "Level",
    "Rule",
    "deepspeed",
    "fleet",
    "hardware",
    "host",
    "ops",
    "torch",
    "wheels",
]
