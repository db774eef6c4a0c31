"""What ends a run before its first operation: one message, and no traceback."""

from pathlib import Path

import pytest

from tests.deploy.fleet import Run, addresses, run
from tests.deploy.healthy_node import ANCHOR, LOCK, PROFILE, bare, converged
from tests.deploy.machine import Machine


def good() -> Machine:
    return converged(ANCHOR, "debian", "12", addresses([ANCHOR]))


def refused(actual: Run, *words: str) -> None:
    assert actual.status != 0
    assert [] == [word for word in words if word not in actual.errors]
    assert "Traceback" not in actual.errors
    assert not any("mv -f" in command for sent in actual.commands.values() for command in sent)


def test_unknown_distribution(tmp_path: Path) -> None:
    """The message names the node, what it is, and the table to add it to."""
    actual = run(tmp_path, [good(), bare("odd", "arch", "rolling")], mode=("-y",))

    refused(actual, "odd", "arch", "trueup/compat/tables/")


def test_impossible_stack(tmp_path: Path) -> None:
    """What the rules refuse is refused before any node is asked for more."""
    profile = PROFILE.replace('"python": "3.10"', '"python": "3.13"')

    refused(run(tmp_path, [good()], mode=("-y",), profile=profile), "does not fit the fleet")


def test_distribution_without_a_compiler(tmp_path: Path) -> None:
    """The message says which compilers nvcc takes, and which there are."""
    actual = run(tmp_path, [good(), bare("new", "debian", "13")], mode=("-y",))

    refused(actual, "new: ", "nvcc 11.8 takes gcc from 6 to below 12; debian 13 has 14")


def test_unknown_package(tmp_path: Path) -> None:
    """A slip in a package's name is no KeyError."""
    profile = PROFILE.replace('"alsa-lib"', '"alsa-lib", "alsa-libb"')

    refused(run(tmp_path, [good()], profile=profile), f"{ANCHOR}: host.packages: found alsa-libb", "debian 12")


def test_unknown_profile(tmp_path: Path) -> None:
    """The known ones are listed, nearest first."""
    refused(run(tmp_path, [good()], data={ANCHOR: {"profile": "plam"}}), 'no profile "plam"; it has: plan')


def test_missing_lock(tmp_path: Path) -> None:
    """Nothing is fetched by a hash that nobody wrote down."""
    refused(run(tmp_path, [good()], profile=PROFILE.replace("plan.lock", "gone.lock")), "gone.lock: cannot be read")


def test_key_of_no_lock(tmp_path: Path) -> None:
    """A repository is trusted by a hash that somebody vouches for, or not at all, and that shows before anything."""
    lock = "".join(line for line in LOCK.splitlines(keepends=True) if not line.startswith("3bf863cc.pub"))

    refused(run(tmp_path, [good()], mode=("-y",), lock=lock), f"{ANCHOR}: NVIDIA's packages: wanted", "3bf863cc.pub")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("address", "10.0.0.1 evil\n6.6.6.6 github.com $(touch canary)"),
        ("ssh_hostname", "-oProxyCommand=touch canary"),
        ("interface", "eth0;reboot"),
        ("mirror", "http://'; touch canary; '"),
    ],
)
def test_hostile_inventory_is_refused(tmp_path: Path, key: str, value: str) -> None:
    """A value that could be more than itself in a file or a command never gets that far."""
    refused(run(tmp_path, [good()], mode=("-y",), data={ANCHOR: {key: value}}), f"{ANCHOR}.{key}: found")


def test_peer_without_a_key_stops_the_trust_in_it(tmp_path: Path) -> None:
    """While planning the key may be yet to come; while executing nothing is written without it."""
    actual = run(tmp_path, [bare(ANCHOR, "debian", "11"), bare("node2", "debian", "11")], mode=("-y",))
    words = f"node2: /root/.ssh/authorized_keys: wanted a public key from ['{ANCHOR}'], found none."

    assert (True, True) == (actual.status != 0, words in actual.errors)
    assert [] == [each for each in actual.commands["node2"] if "authorized_keys.trueup-new" in each]
