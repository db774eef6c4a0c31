"""A fact of the plan is asked once a node; what is executed asks anew."""

from types import SimpleNamespace
from typing import Any

import pytest

from deploy import fact_cache as module
from deploy.fact_cache import cached_fact as typed_cached_fact
from deploy.fact_cache import cached_fact_of as typed_cached_fact_of
from deploy.fact_cache import is_known
from deploy.facts.files import AccountState
from deploy.facts.ssh_keys import KeyPair
from deploy.facts.system import InstalledPackages

# Any: the fake node is no pyinfra host.
cached_fact: Any = typed_cached_fact
cached_fact_of: Any = typed_cached_fact_of


class Node:
    """A host that counts what it is asked, and answers another thing each time."""

    def __init__(self) -> None:
        self.questions: list[tuple[Any, dict[str, str]]] = []

    def get_fact(self, kind: Any, **arguments: str) -> int:
        """How often it was asked by now."""
        self.questions.append((kind, arguments))
        return len(self.questions)


def within(monkeypatch: pytest.MonkeyPatch, node: Node, *, executing: bool) -> None:
    """pyinfra's context."""
    monkeypatch.setattr(module, "ctx_host", SimpleNamespace(get=lambda: node))
    monkeypatch.setattr(
        module,
        "ctx_state",
        SimpleNamespace(get=lambda: SimpleNamespace(is_executing=executing, current_stage=executing)),
    )


def test_plan_asks_each_fact_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another kind, another argument and another node are other questions."""
    one, other = Node(), Node()
    within(monkeypatch, one, executing=False)
    root, again, train = (cached_fact(AccountState, account=name) for name in ("root", "root", "train"))
    packages = cached_fact(InstalledPackages, manager="apt")
    within(monkeypatch, other, executing=False)

    assert (1, 1, 2, 3, 1) == (root, again, train, packages, cached_fact(AccountState, account="root"))


def test_what_is_executed_asks_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """An operation before may have changed it."""
    node = Node()
    within(monkeypatch, node, executing=False)
    planned = cached_fact(AccountState, account="root")
    within(monkeypatch, node, executing=True)

    assert (1, 2, 3) == (planned, cached_fact(AccountState, account="root"), cached_fact(AccountState, account="root"))


def test_what_others_ask_of_a_node_is_one_answer_a_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys appear between the plan and its execution; until then its own operations and other nodes share it."""
    node: Any = Node()
    within(monkeypatch, node, executing=False)
    before = is_known(node, KeyPair, path="/k")
    own, others = cached_fact(KeyPair, path="/k"), cached_fact_of(node, KeyPair, path="/k")
    after = is_known(node, KeyPair, path="/k")
    within(monkeypatch, node, executing=True)

    assert (False, 1, 1, True) == (before, own, others, after)
    assert not is_known(node, KeyPair, path="/k")
    assert [2, 2] == [cached_fact_of(node, KeyPair, path="/k") for _ in range(2)]
