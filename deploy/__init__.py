"""Converge nodes with pyinfra: one module for each component."""
