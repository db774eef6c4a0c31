"""The mildest remedy that helps is taken, and the last resort says what failed."""

from dataclasses import dataclass, field
from io import StringIO
from typing import cast

import pytest
from rich.console import Console

from lab import recover, ssh_keys
from lab.errors import LabError
from lab.instance import Instance
from lab.node import LabNode
from lab.progress import Steps


@dataclass
class Machine:
    """A node that is well after a number of remedies; notes every remedy."""

    word: str
    well_after: int
    name: str = "node1"
    container: str = "c"
    instance: Instance = field(default_factory=lambda: Instance("second", 7))
    done: list[str] = field(default_factory=list)

    @property
    def podman(self) -> "Machine":
        """Podman, as far as waking goes."""
        return self

    def call(self, verb: str, *_words: str, **_options: str) -> str:
        """Note the verb."""
        self.done.append(verb)
        return ""

    def state(self) -> str:
        """Podman's word."""
        return self.word

    def note_crash(self) -> None:
        """Nothing crashed."""

    def create(self, image: str) -> None:
        """Note it, with the image."""
        self.done.append(f"create {image}")

    def start(self) -> None:
        """Note it."""
        self.done.append("start")

    def restart(self) -> None:
        """Note it."""
        self.done.append("restart")

    def remove(self) -> None:
        """Note it."""
        self.done.append("remove")

    def await_ready(self) -> None:
        """It always boots."""

    def missing_for_ssh(self) -> str:
        """Ssh works after enough looks."""
        self.well_after -= 1
        return "" if self.well_after < 0 else "ssh: refused"


@pytest.fixture(autouse=True)
def no_pinning(monkeypatch: pytest.MonkeyPatch) -> None:
    """Host keys are another test's matter."""
    monkeypatch.setattr(ssh_keys, "pin", lambda *_arguments: None)


def remedies(machine: Machine, *, fresh: bool = False) -> list[str]:
    """What was done to bring the machine up."""
    recover.bring_up_node(cast("LabNode", machine), "image", fresh, Steps(Console(file=StringIO())))
    return machine.done


ANEW = ["remove", "create image", "start"]


@pytest.mark.parametrize(
    ("word", "well_after", "expected"),
    [
        ("running", 0, []),
        ("exited", 0, ["start"]),
        ("created", 0, ["start"]),
        ("paused", 0, ["unpause"]),
        ("missing", 0, ANEW),
        ("running", 1, ["restart"]),
        ("running", 2, ["restart", *ANEW]),
    ],
)
def test_remedies(word: str, well_after: int, expected: list[str]) -> None:
    """A node that needs nothing is left alone; its disk goes last."""
    assert remedies(Machine(word, well_after)) == expected


def test_fresh_throws_away_a_node_that_is_well() -> None:
    """That is what it was asked for."""
    assert remedies(Machine("running", 0), fresh=True) == ANEW


def test_a_node_that_nothing_helps_is_named() -> None:
    """The error says which node, and what was found."""
    with pytest.raises(LabError, match=r"node1: bring it up\n(.*\n)*.*ssh: refused"):
        remedies(Machine("running", 9))
