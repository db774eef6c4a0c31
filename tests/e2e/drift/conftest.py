"""A site that watches the converged pair: a state folder and a receiver of its own, and drift's commands."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import INVENTORY, STEP_S, Done, Pair
from tests.unit.drift.notify.receivers import webhook


@dataclass(frozen=True)
class Site:
    """state: drift's folder; told: every message that the receiver got."""

    pair: Pair
    state: Path
    notify_file: Path
    messages: list[dict[str, Any]]

    @property
    def environment(self) -> dict[str, str]:
        """The pair's, with this site's state and receivers."""
        return {**self.pair.environment, "TRUEUP_DRIFT": str(self.state), "TRUEUP_NOTIFY": str(self.notify_file)}

    def trueup(self, command: str, *options: str) -> Done:
        """A command of drift's, as it is typed."""
        own = [f"{name}={self.environment[name]}" for name in ("TRUEUP_DRIFT", "TRUEUP_NOTIFY")]
        return self.pair.run("env", *own, "trueup", command, "--inventory", INVENTORY, *options, timeout=STEP_S)

    def drift(self, *options: str) -> tuple[int, dict[str, Any]]:
        """Exit status and document of a quick run."""
        done = self.trueup("drift", "--quick", "--json", *options)
        assert done.out, done.err
        return done.rc, json.loads(done.out)

    def history(self) -> list[dict[str, Any]]:
        """Every incident."""
        incidents: list[dict[str, Any]] = json.loads(self.trueup("history", "--json").out)
        return incidents

    @property
    def titles(self) -> list[str]:
        """Of the messages, in order."""
        return [str(message["title"]) for message in self.messages]


@pytest.fixture
def site(converged: Pair, tmp_path: Path) -> Iterator[Site]:
    """With an empty history."""
    notify_file = tmp_path / "notify.toml"
    with webhook() as (url, messages):
        notify_file.touch(mode=0o600)
        notify_file.write_text(f'urls = ["{url}"]\n', encoding="utf-8")
        yield Site(converged, tmp_path / "state", notify_file, messages)


def wrong(document: dict[str, Any]) -> set[tuple[str, str]]:
    """(node, item) of everything that is not in order."""
    bad = ("fail", "unknown")
    return {(item["node"], item["check"]) for item in document["items"] if item["outcome"] in bad}
