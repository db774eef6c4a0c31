"""The one kind of error that the lab raises."""

import click


class LabError(click.ClickException):
    """A step of the lab failed; says where, what was wanted, what was found and what to do."""

    def __init__(self, step: str, *, wanted: str, found: str, todo: str, node: str | None = None) -> None:
        """Join the five parts into one message; node is None where the step is the controller's."""
        self.step, self.wanted, self.found, self.todo, self.node = step, wanted, found, todo, node
        where = f"{node or 'controller'}: {step}"
        super().__init__(f"{where}\n  wanted: {wanted}\n  found:  {found}\n  do:     {todo}")
