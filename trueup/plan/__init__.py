"""Tell what fits, what does not, and what converge would change on each node."""

from trueup.plan.dry_run import CannotPlan, Change, read_operations, run_dry
from trueup.plan.node_facts import parse_facts

__all__ = ["CannotPlan", "Change", "parse_facts", "read_operations", "run_dry"]
