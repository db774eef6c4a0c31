"""Change a node: each operation reads, compares, and yields commands for a difference."""

from collections.abc import Generator

from pyinfra import context, logger

Commands = Generator[str, None, None]


def log_redone(work: str) -> None:
    """Log that an earlier run left this work half done; a plan logs nothing."""
    if context.state.is_executing:
        logger.warning(f"    [{context.host.name}] half done by an earlier run, and redone: {work}")
