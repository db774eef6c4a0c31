"""The judge of the hostile tests, judged: it sees a canary wherever a shell runs one, and nowhere else."""

from shlex import quote

import pytest

from tests.integration.injection.hostile import POISON, UNCHANGED
from tests.integration.injection.sandbox import Sandbox

RUNS = (
    "echo $(canary)",
    'echo "`canary`"',
    "cat 'x'; canary; ''",
    "rm -f /x && canary",
    "test -d /nowhere || canary",
    "sh -c 'echo $(canary)'",
    "sudo -n -H sh -c 'canary'",
    "runuser -l train -c 'bash -ic canary'",
    "exec sh -c canary",
    "if ! curl x; then canary; fi",
)


def test_as_many_values_as_the_profile_asks_for(pytestconfig: pytest.Config) -> None:
    """A profile that came too late would leave three of each, and look like thousands."""
    asked = {None: 3, "some": 40, "full": 250}[pytestconfig.getoption("--hypothesis-profile")]

    assert asked == UNCHANGED.max_examples


@pytest.mark.parametrize("command", RUNS)
def test_canary_is_detected(sandbox: Sandbox, command: str) -> None:
    """A judge that cannot say guilty is no judge."""
    assert [command] == sandbox.ran(["true", command])


def test_quoted_poison_does_nothing(sandbox: Sandbox) -> None:
    """shlex.quote holds in Debian's sh and in EL's; that is what the product rests on."""
    assert [] == sandbox.ran([f"echo {quote(poison)}" for poison in POISON])


def test_unquoted_poison_runs(sandbox: Sandbox) -> None:
    """Each kind of poison is one somewhere: in double quotes, in single ones, or bare."""
    wraps = ("{}", "'{}'", '"{}"', ": {}", "cat {}\n")
    bare = sandbox.ran([wrap.format(poison) for poison in POISON for wrap in wraps])
    dead = [poison for poison in POISON if not any(poison in command for command in bare)]

    # For ssh's options, for a here-document of ours, for quotes of both kinds at once, for no shell at all.
    assert [
        "\r\ncanary\r\n",
        "$(canary)'$(canary)\"$(canary)",
        "<<E\ncanary\nE\n",
        "-o ProxyCommand=canary",
        "\u2028canary\u2029",
    ] == dead
