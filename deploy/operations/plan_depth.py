"""Choose how much of an environment a plan reads."""

from pyinfra.api.exceptions import OperationError
from pyinfra.context import host

KEY = "hashed_bytes"


def hashing() -> dict[str, int]:
    """Return hashed=N where pyinfra runs with `--data hashed_bytes=N`, as a quick plan does.

    With 0 a file that was not written after its wheel's RECORD is not read again. Raises OperationError.
    """
    value = host.data.get(KEY)
    if value is None:
        return {}
    if not str(value).isdigit():
        raise OperationError(f"--data {KEY}={value}: wanted a number of bytes, found {value!r}")
    return {"hashed": int(value)}


def quick() -> bool:
    """Tell whether the plan is quick: it starts no conda either. Raises OperationError."""
    return hashing() == {"hashed": 0}
