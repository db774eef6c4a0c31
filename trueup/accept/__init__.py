"""Acceptance: the pytest plugin that runs checks and turns what they say into results and an exit status."""
