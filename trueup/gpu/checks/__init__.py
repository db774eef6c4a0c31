"""The checks: pure functions from the probe's report and the declared GPUs to findings."""
