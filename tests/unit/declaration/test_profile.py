"""The records of a profile: no version by default, and nothing that could be more than itself."""

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

import profiles
from trueup.declaration.builtin_profiles import LAB
from trueup.declaration.profile import Access, Account, Collective, Conda, Env, Host, Nccl, Profile, Time

PARTS: list[type[BaseModel]] = [
    each.annotation
    for each in Profile.model_fields.values()
    if isinstance(each.annotation, type) and issubclass(each.annotation, BaseModel)
]


def changed(part: BaseModel, **values: object) -> dict[str, Any]:
    return {**{name: getattr(part, name) for name in type(part).model_fields}, **values}


@pytest.mark.parametrize("record", [Profile, Account, *PARTS])
def test_nothing_has_a_default(record: type[BaseModel]) -> None:
    """An unpinned stack cannot be written down."""
    assert [] == [name for name, field in record.model_fields.items() if not field.is_required()]


@pytest.mark.parametrize(
    ("record", "part", "values"),
    [
        (Access, LAB.access, {"accounts": ()}),
        (Access, LAB.access, {"mesh": "some"}),
        (Access, LAB.access, {"mesh": (("a", "B b"),)}),
        (Access, LAB.access, {"operator_keys": ("ssh-rsa AAAA me\nssh-rsa BBBB you",)}),
        (Access, LAB.access, {"operator_keys": ('command="x" ssh-rsa AAAA',)}),
        (Host, LAB.host, {"memlock_kib": "all"}),
        (Host, LAB.host, {"shm_mib": 0}),
        (Time, LAB.time, {"servers": ("a b",)}),
        (Conda, LAB.conda, {"prefix": "opt/conda"}),
        (Conda, LAB.conda, {"prefix": "/opt/$(x)"}),
        (Conda, LAB.conda, {"installer": "../x.sh"}),
        (Env, LAB.env, {"name": "a b"}),
        (Env, LAB.env, {"python": "3"}),
        (Env, LAB.env, {"wheels": {"torch": ">=2"}}),
        (Nccl, LAB.nccl, {"settings": {"NCCL DEBUG": "x"}}),
        (Nccl, LAB.nccl, {"settings": {"NCCL_DEBUG": "WARN\nNCCL_ALGO=Tree"}}),
        (Collective, LAB.collective, {"ports": (29519, 29500)}),
        (Collective, LAB.collective, {"ports": (80, 90)}),
        (Profile, LAB, {"lock": "locks/$(x).lock"}),
        (Profile, LAB, {"conda": LAB.conda.model_copy(update={"init_for": ("nobody",)})}),
        (Profile, LAB, {"more": 1}),
    ],
)
def test_bad_value_is_refused(record: type[BaseModel], part: BaseModel, values: dict[str, object]) -> None:
    """Each slip has a line of its own elsewhere; here it is that none passes."""
    with pytest.raises(ValidationError):
        record(**changed(part, **values))


@pytest.mark.parametrize("value", ["/root\n", "/a b", "/a'b", "/a;b", "~/x", "/a\0"])
def test_hostile_home_is_refused(value: str) -> None:
    """Homes stand in commands and in files of sshd's."""
    with pytest.raises(ValidationError):
        Account(name="train", home=value)


def test_shipped_profiles_are_two() -> None:
    """The guide's own stack, and the lab's, which an operator's edits never touch."""
    assert isinstance(profiles.GUIDE, Profile)
    assert ("cuda", "simulated") == (profiles.GUIDE.accelerator, LAB.accelerator)
    assert profiles.LAB is LAB


def test_a_record_is_a_value() -> None:
    """It cannot be changed once it was judged."""
    with pytest.raises(ValidationError):
        LAB.lock = "locks/other.lock"  # type: ignore[misc]  # that it is refused is the point
