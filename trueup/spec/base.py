"""What every record of the spec has in common, and the kinds of value that they share."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints


class Record(BaseModel):
    """A frozen, typed value; an unknown field is an error, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


# useradd's default NAME_REGEX on Debian and EL (shadow-utils, login.defs).
AccountName = Annotated[str, StringConstraints(pattern=r"^[a-z_][a-z0-9_-]{0,31}$")]
AbsolutePath = Annotated[str, StringConstraints(pattern=r"^/[A-Za-z0-9._/+-]*$")]
# RFC 1123, section 2.1: a host's label.
NodeName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]
MajorMinor = Annotated[str, StringConstraints(pattern=r"^\d+\.\d+$")]
Version = Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)*([A-Za-z0-9.+-]*)$")]
EnvironmentName = Annotated[str, StringConstraints(pattern=r"^[A-Z_][A-Z0-9_]*$")]
# Linux, include/uapi/linux/if.h: IFNAMSIZ is 16 with the terminating NUL.
Interface = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,15}$")]
