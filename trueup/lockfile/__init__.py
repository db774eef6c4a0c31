"""Lockfiles: every artifact of a profile by name, size and SHA-256."""
