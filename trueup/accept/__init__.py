"""Acceptance: the pytest plugin that runs checks and turns what they say into results and an exit status.

Other packages import these names; files of checks import trueup.accept.checks and nothing else of this package.
"""

from trueup.accept.tiers import SkippedByTier, Tier

__all__ = ["SkippedByTier", "Tier"]
