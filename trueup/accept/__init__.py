"""Acceptance: the pytest plugin that runs checks and turns what they say into results and an exit status.

Other packages import these names; files of checks, and plugins that run with them, import trueup.accept.checks.
Nothing else of this package is for others.
"""

from trueup.accept.tiers import SkippedByTier, Tier

__all__ = ["SkippedByTier", "Tier"]
