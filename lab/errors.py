"""The one kind of error that the lab raises."""

import click

from trueup.outcome import TrueupError


class LabError(TrueupError, click.ClickException):
    """A step of the lab failed; says where, what was wanted, what was found and what to do."""

    def __init__(self, step: str, *, expected: str, actual: str, remedy: str, node: str | None = None) -> None:
        """Keep the parts; node is None where the step is the controller's."""
        super().__init__(step, expected=expected, actual=actual, remedy=remedy, where=node or "controller")
        self.node = node

    def __str__(self) -> str:
        return self.paragraph()

    def format_message(self) -> str:
        """Return what click prints."""
        return self.paragraph()
