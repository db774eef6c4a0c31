"""Run the user's own commands against a lab, and return their results as values."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lab.errors import LabError
from trueup.accept import Tier

FLEET = "fleet"
ROOT = Path(__file__).resolve().parents[2]
INVENTORY = "lab/inventory.py"
DEADLINE = 900.0  # seconds; the longest is a converge that installs a whole environment anew
# A lab node's disk is this machine's own, which others fill meanwhile.
OTHERS_FILL = "driver/disks_have_space_and_are_writable"

# (node, check) -> outcome, with ", with a note" where it holds and says something.
Answers = dict[tuple[str, str], str]
# (node, operation) of what a converge would change.
Planned = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Accepted:
    """answers; tiers: how deep a run must look to ask each check, those included that this run did not ask.

    messages: what each said that does not hold or could not look.
    """

    answers: Answers
    tiers: dict[tuple[str, str], Tier]
    messages: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def within(self, tier: Tier) -> Answers:
        """Return those that a run of that tier gives."""
        return {key: found for key, found in self.answers.items() if tier.includes(self.tiers[key])}


@dataclass(frozen=True)
class Refused:
    """pyinfra made no plan; what it said."""

    messages: str


@dataclass(frozen=True)
class Observation:
    """The commands of the instance of that name."""

    name: str

    def run(self, *command: str) -> "subprocess.CompletedProcess[str]":
        """Run a command in the project's folder, with this environment's programs."""
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        environment = {**os.environ, "TRUEUP_LAB": self.name, "PATH": path}
        return subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=DEADLINE, check=False
        )

    def accept(self, tier: Tier, components: Iterable[str] = ()) -> Accepted:
        """Every answer of acceptance in that tier, or of these components; raises LabError where it gave too few."""
        with tempfile.TemporaryDirectory() as folder:
            records, left = Path(folder) / "records.json", Path(folder) / "left-out.json"
            own = (
                "-p",
                "no:cacheprovider",
                "--inventory",
                INVENTORY,
                "--results",
                str(records),
                "--skipped-by-tier",
                str(left),
            )
            only = [f"--component={component}" for component in components]
            done = self.run("pytest", "-q", "-n", "auto", *own, *only, "--tier", tier.value)
            if not records.exists() or "was selected and gave no answer" in done.stdout:
                raise _failed("accept", "an answer to every check", done)
            return accepted(json.loads(records.read_text("utf-8")), json.loads(left.read_text("utf-8")))

    def plan(self) -> Planned | Refused:
        """Return what converge would change now."""
        done = self.run("pyinfra", "--dry", "--json", INVENTORY, "deploy/site.py")
        if done.returncode != 0:
            return Refused(done.stderr)
        return planned(json.loads(done.stdout))

    def converge(self) -> None:
        """The user's first command; raises LabError where it fails."""
        done = self.run("pyinfra", "-y", INVENTORY, "deploy/site.py")
        if done.returncode != 0:
            raise _failed("converge", "exit status 0", done)


def _failed(step: str, wanted: str, done: "subprocess.CompletedProcess[str]") -> LabError:
    found = f"exit status {done.returncode}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return LabError(step, expected=wanted, actual=found, remedy="undo the faults, then run it again: trueup lab undo")


def accepted(records: Iterable[dict[str, Any]], left_out: Iterable[dict[str, Any]]) -> Accepted:
    """Return the records of acceptance without what does not apply, and what it left to a deeper tier."""
    asked = [record for record in records if record["outcome"] != "not_applicable"]
    return Accepted(
        {(record["node"], record["check"]): _outcome(record) for record in asked},
        {(record["node"], record["check"]): Tier(record["tier"]) for record in (*asked, *left_out)},
        {(record["node"], record["check"]): record["message"] for record in asked if record["outcome"] != "pass"},
    )


def _outcome(record: dict[str, Any]) -> str:
    noted = record["outcome"] == "pass" and record["notes"] and record["check"] != OTHERS_FILL
    return f"{record['outcome']}, with a note" if noted else str(record["outcome"])


def planned(document: Any) -> Planned:
    """pyinfra's dry-run document: a conditional change alone is none."""
    return frozenset(
        (node, operation["name"]) for operation in document["plan"] for node in operation["hosts_with_change"]
    )
