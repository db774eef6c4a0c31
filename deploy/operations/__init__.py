"""What changes a node: each operation reads, compares, and yields commands only for a difference."""

from collections.abc import Generator

Commands = Generator[str, None, None]
