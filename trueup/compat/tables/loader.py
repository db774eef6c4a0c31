"""The form that every table has: a schema number, a date, its sources, its rows."""

from functools import cache
from importlib.resources import files
from typing import Annotated, Generic, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

# How a row was established. Only "memory" is not to be relied on: a rule that rests on it warns.
Status = Literal["confirmed", "third-party", "measured", "memory"]
Date = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]


class Row(BaseModel):
    """One fact; source is a key of the table's sources."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    source: Annotated[str, Field(min_length=1)]
    status: Status


AnyRow = TypeVar("AnyRow", bound=Row)


class Table(BaseModel, Generic[AnyRow]):
    """One data file; date: when its facts were collected."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    schema_: Literal[1] = Field(alias="schema")
    date: Date
    sources: dict[str, str]
    rows: Annotated[tuple[AnyRow, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _every_source_is_described(self) -> Self:
        unknown = sorted({row.source for row in self.rows} - set(self.sources))
        if unknown:
            raise ValueError(f"rows cite {unknown}; sources describe {sorted(self.sources)}")
        return self


@cache
def table(name: str, row: type[AnyRow]) -> Table[AnyRow]:
    """The table of that name, read once; raises ValidationError when the file is malformed."""
    text = files(__package__).joinpath(f"{name}.json").read_text(encoding="utf-8")
    return Table[row].model_validate_json(text)  # type: ignore[valid-type]  # parametrised at run time
