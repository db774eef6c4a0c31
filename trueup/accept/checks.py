"""What the files of checks import from acceptance: marks, helpers, exceptions and the types of fixtures.

Plugins that run with acceptance import the run's declaration and its shells from here too.
"""

from collections.abc import Hashable, Mapping

from trueup.accept import node_files, tcp_probe
from trueup.accept.connections import CONNECT_S, FleetUnderTest, shell_pool
from trueup.accept.disagreement import disagreement
from trueup.accept.marks import applies, between, each, remedy, tier
from trueup.accept.node_files import text
from trueup.accept.parameters import accounts, mesh, pairs
from trueup.accept.prefetch import node_under_test, prefetchable
from trueup.accept.selection import declared
from trueup.outcome import CONVERGE_REMEDY, CheckFailed, CouldNotCheck, Problem

__all__ = [
    "CONNECT_S",
    "CONVERGE_REMEDY",
    "CheckFailed",
    "CouldNotCheck",
    "FleetUnderTest",
    "Problem",
    "accounts",
    "applies",
    "between",
    "declared",
    "each",
    "mesh",
    "node_files",
    "node_under_test",
    "pairs",
    "prefetchable",
    "remedy",
    "require",
    "require_agreement",
    "shell_pool",
    "tcp_probe",
    "text",
    "tier",
]


def require(passes: object, *, expected: str, actual: object, remedy: str = "") -> None:
    """Fail the check unless `passes` is true; for what no plain comparison says.

    Args:
        passes: The condition.
        expected: The state that the check asks for.
        actual: The state that it found.
        remedy: What to do, where neither converge nor the mark `remedy` says it.

    Raises:
        CheckFailed: With these fields.
    """
    if not passes:
        raise CheckFailed(Problem(expected=expected, actual=str(actual) or "nothing", remedy=remedy))


def require_agreement(answers: Mapping[str, Hashable]) -> None:
    """Fail the check unless all gave the same answer.

    Args:
        answers: The answer of each node or rank by name.

    Raises:
        CheckFailed: With every answer and who gave it, the rarest first.
    """
    different = disagreement(answers)
    require(not different, expected="the same answer of all", actual="\n".join(different))
