"""Breaks of a lab node, as records: what was done, which checks must see it, and whether converge heals it."""
