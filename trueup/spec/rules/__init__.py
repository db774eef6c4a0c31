"""What fits with what: small pure rules, judged all at once."""

from trueup.spec.rules import deepspeed, fleet, hardware, host, ops, torch, wheels
from trueup.spec.rules.judge import Finding, Verdict, judge, judge_fleet, place, refuse_if_impossible
from trueup.spec.rules.rule import FLEET_RULES, NODE_RULES, Breach, Level, Rule

__all__ = [
    "FLEET_RULES",
    "NODE_RULES",
    "Breach",
    "Finding",
    "Level",
    "Rule",
    "Verdict",
    "deepspeed",
    "fleet",
    "hardware",
    "host",
    "judge",
    "judge_fleet",
    "ops",
    "place",
    "refuse_if_impossible",
    "torch",
    "wheels",
]
