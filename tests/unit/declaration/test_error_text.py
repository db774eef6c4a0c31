"""What a validation error is turned into."""

from collections.abc import Iterator
from typing import Any

import pytest

from trueup.declaration.error_text import EXAMPLES
from trueup.declaration.errors import Refusal, did_you_mean, nearest_first
from trueup.declaration.node import Node
from trueup.declaration.profile import Account, Cuda, Profile
from trueup.declaration.types import collecting


def patterns(schema: Any) -> Iterator[str]:
    """Every pattern in a JSON schema."""
    if isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        for part in schema.values():
            yield from patterns(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from patterns(part)


@pytest.mark.parametrize("record", [Profile, Node])
def test_every_pattern_is_explained_in_words(record: type[Profile] | type[Node]) -> None:
    """An operator is never shown a regular expression."""
    assert set(patterns(record.model_json_schema())) <= set(EXAMPLES)


def test_a_broken_record_is_kept_while_collecting() -> None:
    """So that the next mistake of the same file is found as well."""
    with collecting() as broken:
        cuda = Cuda(toolkit="eleven")
        Account(name="Root", home="root")

    assert ["Cuda", "Account"] == [type(record).__name__ for record, _ in broken]
    assert "eleven" == cuda.toolkit


def test_a_broken_record_is_refused_otherwise() -> None:
    """Nobody gets an unchecked record by accident."""
    with pytest.raises(ValueError, match="toolkit"):
        Cuda(toolkit="eleven")


def test_json_is_read_strictly_and_whole() -> None:
    """The constructor that collects does not stand in the way of JSON."""
    account = Account.model_validate_json('{"name": "train", "home": "/home/train"}')

    assert Account(name="train", home="/home/train") == account


def test_names_are_suggested() -> None:
    """The nearest one, or all when none is near."""
    assert '; did you mean "gpus"?' == did_you_mean("gpsu", ["gpus", "mirror"])
    assert "; known: gpus, mirror" == did_you_mean("zzz", ["mirror", "gpus"])
    assert ["guide", "maintained", "lab"] == nearest_first("guid", ["maintained", "lab", "guide"])


def test_a_refusal_reads_as_a_list() -> None:
    """It is printed as it stands."""
    assert "x.py: 2 problems\n  - one\n  - two" == str(Refusal("x.py", ["one", "two"]))
    assert "x.py: 1 problem\n  - one" == str(Refusal("x.py", ["one"]))
