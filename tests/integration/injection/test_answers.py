"""Whatever a node answers is read, or refused in the reader's own words: no other exception, and nothing is executed.

In pyinfra an exception of another kind ends the run for every host: one hostile node would stop the whole fleet.
"""

import importlib
import json
import pkgutil
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyinfra.api.exceptions import FactProcessError
from pyinfra.api.facts import FactBase

import deploy.facts
from tests.integration.injection.conftest import count
from tests.integration.injection.hostile import ANY, EVIL, UNCHANGED
from trueup import node_lock
from trueup.accept.comparison import problem_of
from trueup.collective.diagnostics import _answer
from trueup.declaration import Node
from trueup.drift.node_state import parse_output as read_values
from trueup.env.ldso import parse as parse_loader
from trueup.env.probe import Environment, ProbeFailed, TorchReport
from trueup.env.probe import parse as parse_look
from trueup.gpu import understood
from trueup.plan import CannotPlan, parse_facts, read_operations
from trueup.remote_shell import Result

NODE = Node(
    name="n", hostname="h", address="h", profile="lab", gpus="a100-pcie-40gb x1", interface="eth0", mirror="http://m"
)
FACTS = [
    kind
    for module in pkgutil.iter_modules(deploy.facts.__path__)
    if not module.name.startswith("on_node")
    for kind in vars(importlib.import_module(f"deploy.facts.{module.name}")).values()
    if isinstance(kind, type) and issubclass(kind, FactBase) and kind is not FactBase
]
# What an honest node's lines are made of.
WORDS = """entry| file| shell| op| info| preload| | = end absent ufw package loaded derived private release link held
    kernel ssh-rsa / 755 ::: installed_ops={} torch_info={} { } [ ] null var| lib| x => id= glibc= 1e999 -1 ٣ id=debian
    machine=x86_64 temperature=0, ٣"""
PIECES = st.sampled_from([*WORDS.split(), " ", "regular file", "  x => /y (0x1)", "glibc=glibc 2.36", "9" * 5000])
LINE = st.lists(PIECES | ANY | EVIL, max_size=5).map("".join).map(lambda line: line.replace("\n", " "))
LINES = st.lists(LINE, max_size=6)
KEYS = st.sampled_from(["version", "installer", "damaged", "plan", "name", "wheels"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            ANY | st.sampled_from(["version", "installer", "damaged", "plan", "name", "wheels"]), inner, max_size=4
        )
    ),
    max_leaves=8,
).map(json.dumps)


def other_error(read: Callable[[], object], allowed: tuple[type[Exception], ...]) -> str:
    """What was raised beside the errors of the reader's own; "" for nothing."""
    try:
        read()
    except allowed:
        return ""
    except Exception as error:  # noqa: BLE001  # any other is the finding
        return repr(error)
    return ""


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.__name__)
@UNCHANGED
@given(lines=LINES | JSON.map(lambda text: [text]))
@example(lines=["entry|a", "end"])
@example(lines=["null"])
@example(lines=["file|rc|/x|644|root|root"])
@example(lines=['{"a": {"version": 1, "installer": [], "damaged": 1, "more": 2}}'])
def test_any_answer_to_a_fact_is_read_or_refused(fact: type[FactBase[Any]], lines: list[str]) -> None:
    """FactProcessError names the fact and the host, and fails that host alone."""
    count("answers", 1)
    allowed = (FactProcessError,)

    assert "" == other_error(lambda: fact().process(lines), allowed)


def _loader(text: str) -> object:
    return parse_loader(text.splitlines(), "x")


# Each reader of what a node prints, and the error that is its own.
READERS: dict[str, tuple[Callable[[str], object], tuple[type[Exception], ...]]] = {
    "plan's probe": (lambda text: parse_facts(NODE, text), (ValueError,)),
    "drift's look": (read_values, ()),
    "loader": (_loader, (ProbeFailed,)),
    "environment": (lambda text: parse_look(text.encode(), Environment, "x"), (ProbeFailed,)),
    "torch": (lambda text: parse_look(text.encode(), TorchReport, "x"), (ProbeFailed,)),
    "GPU probe": (lambda text: understood(Result(0, text.encode(), text.encode())), ()),
    "collective's look": (lambda text: _answer(_done(Result(0, text.encode(), b""))), ()),
    "dry plan": (read_operations, (CannotPlan,)),
    "holders": (node_lock.parse_owners, ()),
    "comparison": (lambda text: problem_of("==", "x", text), ()),
}


class _Done:
    def __init__(self, result: Result) -> None:
        self._result = result

    def result(self, timeout: float) -> Result:
        """It is there."""
        return self._result


def _done(result: Result) -> Any:
    return _Done(result)


@pytest.mark.parametrize("name", READERS)
@UNCHANGED
@given(text=LINES.map("\n".join) | JSON | EVIL)
@example(text="null")
@example(text="temperature=٣, ٣")
def test_any_output_is_read_or_refused(name: str, text: str) -> None:
    """One exception that nobody foresaw is a probe that tells nothing of all other nodes."""
    count("answers", 1)
    read, refused = READERS[name]

    assert "" == other_error(lambda: read(text), refused)
