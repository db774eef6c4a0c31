"""What all tests of our own code share."""

from hypothesis import settings

# Two cores are shared with whatever else runs here: how long one example takes says nothing of the code.
settings.register_profile("house", deadline=None)
settings.load_profile("house")
