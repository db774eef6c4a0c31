"""What an earlier run left half done is said when it is redone: whoever cut that run off wants to know the cost."""

from pyinfra import logger
from pyinfra.context import host, state


def half_done(what: str) -> None:
    """Say it once, and not in a plan."""
    if state.is_executing:
        logger.warning(f"    [{host.name}] half done by an earlier run, and redone: {what}")
