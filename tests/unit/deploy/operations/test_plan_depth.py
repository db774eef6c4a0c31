"""What `--data hashed_bytes=N` says to a plan."""

from types import SimpleNamespace

import pytest
from pyinfra.api.exceptions import OperationError

from deploy.operations import plan_depth


@pytest.mark.parametrize(("output", "expected"), [(None, {}), (0, {"hashed": 0}), ("4096", {"hashed": 4096})])
def test_number_is_handed_on(monkeypatch: pytest.MonkeyPatch, output: object, expected: dict[str, int]) -> None:
    """pyinfra gives a number or a text, as it was typed."""
    monkeypatch.setattr(plan_depth, "host", SimpleNamespace(data={plan_depth.KEY: output}))

    assert expected == plan_depth.hashing()


@pytest.mark.parametrize("output", ["-1", -1, "much", "1 MiB", "", True])
def test_anything_else_is_refused(monkeypatch: pytest.MonkeyPatch, output: object) -> None:
    """Nobody wants a plan of something else than was typed."""
    monkeypatch.setattr(plan_depth, "host", SimpleNamespace(data={plan_depth.KEY: output}))

    with pytest.raises(OperationError, match=r"--data hashed_bytes=.*: wanted a number of bytes"):
        plan_depth.hashing()
