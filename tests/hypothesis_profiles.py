"""The profile of hypothesis that all tests of our own code share; importing this module loads it."""

from hypothesis import settings

SHARED = "shared"

# Two cores are shared with whatever else runs here: how long one example takes says nothing of the code.
settings.register_profile(SHARED, deadline=None)
settings.load_profile(SHARED)
