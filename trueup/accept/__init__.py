"""Acceptance: what a check may say, and how its answers become a table, a record and an exit status."""


class CouldNotCheck(Exception):
    """The question could not be put to the node; never to be read as an answer."""
