"""The lab's own desired state: an operator's edits to profiles.py never reach the project's tests."""

from trueup.spec.shipped import LAB

__all__ = ["LAB"]
