"""Converge a fleet of GPU nodes to one declared state, and accept it."""

__version__ = "0.1.0"
