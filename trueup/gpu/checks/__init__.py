"""The checks: pure functions from what the probe found and what is wanted to findings."""
