"""Faults of a lab node, as records: what causes each, which checks catch it, and whether converge repairs it."""
