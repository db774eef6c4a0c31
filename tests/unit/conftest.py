"""What all tests of our own code share."""

from tests import hypothesis_profiles

__all__ = ["hypothesis_profiles"]
