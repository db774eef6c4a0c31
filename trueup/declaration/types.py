"""What every record of the spec has in common, and the kinds of value that they share."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

Broken = list[tuple["Record", ValidationError]]
_broken: ContextVar[Broken | None] = ContextVar("_broken", default=None)


@contextmanager
def collecting() -> Iterator[Broken]:
    """Within it an invalid record is noted and kept, so that one reading finds every mistake of a file."""
    found: Broken = []
    token = _broken.set(found)
    try:
        yield found
    finally:
        _broken.reset(token)


class Record(BaseModel):
    """A frozen, typed value; an unknown field is an error, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)

    def __init__(self, **data: Any) -> None:
        broken = _broken.get()
        if broken is None:
            super().__init__(**data)
            return
        try:
            super().__init__(**data)
        except ValidationError as error:
            self._keep_unchecked(data)
            broken.append((self, error))
        except (AttributeError, TypeError):
            # A validator of this record stumbled over a broken part, which is already noted.
            if not broken:
                raise
            self._keep_unchecked(data)

    # pydantic's own mark: reading JSON then goes its usual way, not through this constructor.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]  # a function takes any attribute

    def _keep_unchecked(self, data: dict[str, Any]) -> None:
        object.__setattr__(self, "__dict__", dict(data))
        object.__setattr__(self, "__pydantic_fields_set__", set(data))
        object.__setattr__(self, "__pydantic_extra__", None)
        object.__setattr__(self, "__pydantic_private__", None)


# useradd's default NAME_REGEX on Debian and EL (shadow-utils, login.defs).
AccountName = Annotated[str, StringConstraints(pattern=r"^[a-z_][a-z0-9_-]{0,31}$")]
AbsolutePath = Annotated[str, StringConstraints(pattern=r"^/[A-Za-z0-9._/+-]*$")]
# RFC 1123, section 2.1: a host's label.
NodeName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]
# A host's name or address, never an option (-o...) and never two words of a line of /etc/hosts.
Address = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9:][A-Za-z0-9.:%_-]*$")]
MajorMinor = Annotated[str, StringConstraints(pattern=r"^\d+\.\d+$")]
Version = Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)*([A-Za-z0-9.+-]*)$")]
EnvironmentName = Annotated[str, StringConstraints(pattern=r"^[A-Z_][A-Z0-9_]*$")]
# A line feed in a value would be a second setting of the file that it goes into.
Line = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]*$")]
# Nothing that ends a word of a shell or a line of a file.
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s'\"]+$")]
# Linux, include/uapi/linux/if.h: IFNAMSIZ is 16 with the terminating NUL.
Interface = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,14}$")]
