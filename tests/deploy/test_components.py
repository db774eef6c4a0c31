"""Every distribution and every component: the exact commands that a bare node gets, and none that a good one gets.

The files under plans/ were written from a run and read by a person before they became what is wanted.
"""

import pytest

from tests.deploy.fleet import Run, addresses, run
from tests.deploy.golden_text import QUESTION, golden_lines, lines
from tests.deploy.healthy_node import ANCHOR, LOCK, PACKAGES, PROFILE, bare, converged
from tests.deploy.machine import Machine
from trueup.declaration import COMPONENTS

FAMILIES = {"-".join(family).replace(".", "-"): family for family in PACKAGES}
NAMES = [ANCHOR, *FAMILIES]
WHERE = addresses(NAMES)
# Lines that name every node, in the files that do.
FLEET = (
    "".join(f"{name},{WHERE[name]} ssh-ed25519 HOST{name}\n" for name in sorted(NAMES)),
    "".join(f"{WHERE[name]} {name}\n" for name in sorted(NAMES)),
    "".join(f"{name} slots=2\n" for name in sorted(NAMES)),
)
# A stack that all of them can carry: nvcc 12.4 takes gcc 6 to 13, torch 2.4.1 needs glibc 2.17.
WIDE = (
    PROFILE.replace('"python": "3.10"', '"python": "3.10", "cuda_build": "12.4", "wheels": WHEELS')
    + """
PLAN = PLAN.model_copy(update={
    "cuda": LAB.cuda.model_copy(update={"toolkit": "12.4"}),
    "driver": LAB.driver.model_copy(update={"branch": "535", "headers": True}),
    "host": _host.model_copy(update={"archives": {"epel": "http://10.0.0.9/epel/7", "vault": "http://10.0.0.9/7.9",
                                                  "scl": "http://10.0.0.9/7.9"}}),
})
"""
).replace(
    "_env =", 'WHEELS = {"torch": "2.4.1", "torchvision": "0.19.1", "torchaudio": "2.4.1", "numpy": "1.26.4"}\n_env ='
)
LOCKED = LOCK.replace("2.0.1+cu117", "2.4.1+cu124")


def machines() -> list[Machine]:
    """Bare ones; SELinux, where it is, enforces and finds the new .ssh wrongly labelled."""
    actual = [bare(name, *family) for name, family in FAMILIES.items()]
    for machine in actual:
        machine.labels = ["Would relabel /x from unconfined_u:object_r:user_home_t:s0 to :ssh_home_t:s0"]
    return [converged(ANCHOR, "debian", "12", WHERE), *actual]


@pytest.fixture(scope="module")
def dry_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """What planning asks."""
    return run(tmp_path_factory.mktemp("asked"), machines(), profile=WIDE, lock=LOCKED)


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One run that executes, over all of them."""
    return run(tmp_path_factory.mktemp("sent"), machines(), profile=WIDE, lock=LOCKED, mode=("-y",))


def sent_lines(sent: Run, dry_run: Run, node: str, component: str) -> list[str]:
    """The lines of a component's commands on a node; NVIDIA's repository stands with the toolkit that comes from it."""
    of = ("package repository", "cuda") if component == "cuda" else (component,)
    commands = [
        each["command"] for each in sent.entries if each["host"] == node and each["operation"].partition(" | ")[0] in of
    ]
    sent_lines = [each for each in commands if each not in dry_run.commands[node] and not QUESTION.fullmatch(each)]
    return [line for command in sent_lines for line in lines(command, node, FLEET)]


@pytest.mark.parametrize("component", COMPONENTS)
@pytest.mark.parametrize("node", FAMILIES)
def test_bare_node_gets_exactly_this(sent: Run, dry_run: Run, node: str, component: str) -> None:
    """Each manager's words, each distribution's names; tests/deploy/plans is read by people, and written by them."""
    assert 0 == sent.status, sent.errors
    assert golden_lines(component, node) == sent_lines(sent, dry_run, node, component)


def test_every_family_is_in_every_component() -> None:
    """Ten distributions at least, every component; an empty list of commands would be no test."""
    empty = [(component, node) for component in COMPONENTS for node in FAMILIES if not golden_lines(component, node)]

    assert (True, []) == (len(FAMILIES) >= 10, empty)
