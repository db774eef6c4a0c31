"""What differs between an environment and its lock."""

import pytest

from deploy.facts.wheels import Wheel
from deploy.operations.env import differences
from trueup.lockfile import Artifact

TORCH = Artifact(name="torch-2.0.1+cu117-cp310-cp310-linux_x86_64.whl", size=1, sha256="a" * 64, origin="lab")
NUMPY = Artifact(name="numpy-1.26.4-cp310-cp310-linux_x86_64.whl", size=1, sha256="b" * 64, origin="lab")
GOOD = {"torch": Wheel("2.0.1+cu117", "uv", None), "numpy": Wheel("1.26.4", "uv", None)}


@pytest.mark.parametrize(
    ("changed", "install", "remove"),
    [
        ({}, [], []),
        ({"torch": Wheel("2.0.1", "uv", None)}, ["torch"], []),
        ({"torch": Wheel("2.0.1+cu118", "uv", None)}, ["torch"], []),
        ({"numpy": Wheel("1.26.4", "uv", "numpy/a.py")}, ["numpy"], []),
        ({"numpy": Wheel("1.26.4", "conda", None)}, [], []),
        ({"rogue": Wheel("1.0", "pip", None)}, [], ["rogue"]),
        ({"rogue": Wheel("1.0", "", None)}, [], ["rogue"]),
        ({"setuptools": Wheel("68.0", "conda", None)}, [], []),
        ({"deepspeed": Wheel("0.14.5", "pip", "x")}, [], []),
    ],
)
def test_single_differences(changed: dict[str, Wheel], install: list[str], remove: list[str]) -> None:
    """Only what differs is touched: conda's own packages and another component's stay."""
    actual = differences({**GOOD, **changed}, (TORCH, NUMPY), ("deepspeed",))

    assert (install, remove) == ([artifact.project for artifact in actual[0]], actual[1])


def test_empty_environment_gets_everything() -> None:
    """In the order of the lock."""
    assert ([TORCH, NUMPY], []) == differences({}, (TORCH, NUMPY), ())
