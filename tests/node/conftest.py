"""The looks of a run that several checks share: the GPU probe's, and that at the environment."""

from collections.abc import Callable

import pytest

from trueup.accept.declared import env_path
from trueup.env.look import Environment, environment
from trueup.gpu.look import Look, look
from trueup.gpu.verdict import Check
from trueup.shell import Shell
from trueup.spec.inventory import Node
from trueup.spec.model import Profile


@pytest.fixture(scope="session")
def seen(node: Node, want: Profile, shell: Shell) -> Look:
    """The node's one look of this run."""
    return look(node, want, shell)


@pytest.fixture(scope="session")
def env(shell: Shell, want: Profile, hashed_bytes: int) -> Environment:
    """What is installed in the training environment, asked once for all rooms."""
    return environment(shell, env_path(want), hashed_bytes)


@pytest.fixture
def holds(seen: Look, note: Callable[[str], None]) -> Callable[[Check], bool]:
    """True where a check holds, an AssertionError with every fault where it does not.

    What is only to be noted goes to the report; CouldNotLook is raised where the probe saw too little.
    """

    def ask(check: Check) -> bool:
        verdict = seen.judge(check)
        for text in verdict.of("note"):
            note(text)
        if not verdict.holds:
            raise AssertionError(str(verdict))
        return True

    return ask
