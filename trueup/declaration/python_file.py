"""Runs the two files that an operator edits, and says where one of them breaks."""

import runpy
import traceback
from pathlib import Path
from typing import Any

from trueup.declaration.errors import Refusal

# What a slip in a file of values raises; anything else is a fault of ours and keeps its traceback.
SLIPS = (ArithmeticError, AttributeError, ImportError, LookupError, NameError, TypeError, ValueError)


def names_of(path: Path) -> dict[str, Any]:
    """The public names that the file defines; raises Refusal when it cannot be read or run."""
    try:
        found = runpy.run_path(str(path))
    except OSError as error:
        raise Refusal(str(path), [f"cannot be read: {error.strerror or error}"]) from error
    except SyntaxError as error:
        where = f"line {error.lineno}" if error.lineno else "unknown line"
        raise Refusal(str(path), [f"{where}: is not Python: {error.msg}"]) from error
    except SLIPS as error:
        raise Refusal(str(path), [f"{_line_in(path, error)}: {type(error).__name__}: {error}"]) from error
    return {name: value for name, value in found.items() if not name.startswith("_")}


def _line_in(path: Path, error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == str(path)]
    return f"line {lines[-1]}" if lines else "unknown line"
