"""docs/first-hour.md from beginning to end: an empty node1 becomes the controller, and both nodes an accepted pair.

What the page shows, this runs or finds in what it ran. The page's addresses, account and profile are the lab's here.
"""

import os
from collections.abc import Iterator
from contextlib import nullcontext
from functools import partial

import pytest

from lab.stacks import STANDARD_STACK
from tests.e2e.conftest import OWN, STEP_S, Done, Pair, kept_like
from tests.e2e.controller import ACTIVE, Controller, bundle, wheels
from tests.e2e.machines import instance, machines, node
from tests.e2e.page import Page
from trueup.lockfile import site_lock_path

ACCOUNT = "ops"
QUESTION = "(yes/no/[fingerprint])? "
BOOT = "cat /proc/sys/kernel/random/boot_id"
UNLOAD, RELOAD = "umount /proc/driver", "systemctl restart trueup-lab-nvidia"
REBOOTING = """
REBOOTING = LAB.model_copy(update={"driver": LAB.driver.model_copy(update={"reboot": True})})
"""


@pytest.fixture(scope="module")
def empty(request: pytest.FixtureRequest) -> Iterator[Pair]:
    """The session's pair, where nothing has been converged on it yet; else an instance of this module's own."""
    shared = not (os.environ.get(OWN) or kept_like())
    with nullcontext(request.getfixturevalue("pair")) if shared else machines("t-first-hour") as pair:
        assert 0 == pair.run("trueup", "lab", "up").rc
        assert [1, 1] == [
            pair.on(name, "command -v python3 || test -e /opt/anaconda3").rc for name in ("node1", "node2")
        ]
        yield pair


@pytest.fixture(scope="module")
def page(empty: Pair) -> Page:
    """The page, with the lab's words."""
    lab = instance(empty)
    nodes = {f"10.0.0.{10 + number}": lab.address(f"node{number}") for number in (1, 2, 3)}
    words = {"admin": ACCOUNT, '"guide"': '"lab"', "eno1": "eth0", "rocky-9": "debian-12", "ubuntu-22.04": "debian-12"}
    return Page("first-hour.md", {**nodes, "http://10.0.0.10:8713": lab.mirror_url, **words, "ADDRESS": "~/bundle"})


@pytest.fixture(scope="module")
def controller(empty: Pair, page: Page, tmp_path_factory: pytest.TempPathFactory) -> Controller:
    """Steps 1 and 2 on node1, as an account with sudo; its key is put on the nodes from their consoles."""
    found = Controller(node(empty, "node1"), ACCOUNT)
    folder = tmp_path_factory.mktemp("controller")
    found.put("bundle", bundle(folder))
    found.put_folder(wheels(folder), "/srv/wheels")
    for step in ("1. ", "2. "):
        (commands,) = page.blocks(step, "sh")
        done = found.run(commands, STEP_S)
        assert 0 == done.rc, done.out + done.err
    # What the page's step 5 says of the key of NVIDIA's packages: its line comes over a way that one trusts.
    found.put("trueup/locks/lab.site.lock", site_lock_path(STANDARD_STACK.lock).read_bytes())
    key = found.run("cat ~/.ssh/id_ed25519.pub").out.strip()
    put = (
        f"umask 077; cd ~{ACCOUNT} && mkdir -p .ssh && echo '{key}' >> .ssh/authorized_keys && chown -R {ACCOUNT}: .ssh"
    )
    for name in ("node1", "node2"):
        node(empty, name).execute(put)
    return found


def test_a_node_of_unknown_key_is_not_trusted(controller: Controller, page: Page) -> None:
    """Before the first contact nothing is pinned; trueup says so, and pins nothing by itself."""
    controller.put("trueup/inventory.py", page.blocks("4. ", "python")[0].encode())
    refused = controller.run(f"{ACTIVE}trueup plan")
    (_, said) = page.blocks("3. ", "text")

    assert (2, True) == (refused.rc, said.strip() in " ".join((refused.out + refused.err).split())), refused
    assert 0 != controller.run("test -e ~/.ssh/known_hosts").rc


@pytest.fixture(scope="module")
def acquainted(controller: Controller, page: Page, empty: Pair) -> Controller:
    """Step 3: ssh shows the fingerprint and asks; it is the console's, so the answer is yes, or that fingerprint."""
    logins, look = page.blocks("3. ", "sh")
    for name, login in zip(("node1", "node2"), logins.splitlines(), strict=True):
        console = node(empty, name).execute(look).split()[1]
        answer = "yes" if name == "node1" else console
        rc, shown = controller.run_with_answer(login, QUESTION, partial(compared, console=console, answer=answer))
        assert 0 == rc, shown
        if name == "node2":
            (asked, _) = page.blocks("3. ", "text")
            assert asked.strip().replace("SHA256:FINGERPRINT", console) in shown
    return controller


def compared(shown: str, console: str, answer: str) -> str:
    """The answer to ssh's question, given only where it shows what the console shows."""
    assert console in shown, shown
    return answer


@pytest.mark.parametrize("name", ["node1", "node2"])
def test_first_contact_pins_the_console_s_key(acquainted: Controller, empty: Pair, page: Page, name: str) -> None:
    """What is trusted from now on is what the console showed."""
    lab = instance(empty)
    (_, look) = page.blocks("3. ", "sh")
    console = node(empty, name).execute(look).split()[1]

    assert console in acquainted.run(f"ssh-keygen -l -F {lab.address(name)}").out


def test_what_is_declared_is_judged_without_a_node(acquainted: Controller, page: Page) -> None:
    """Step 4; the node that is out is named, and counts for nothing."""
    (offline,) = page.blocks("4. ", "sh")
    (out,) = page.blocks("4. ", "text")
    judged = acquainted.run(ACTIVE + offline)

    assert (0, True) == (judged.rc, out in judged.out), judged


@pytest.fixture(scope="module")
def done(acquainted: Controller, page: Page, empty: Pair) -> tuple[list[Done], list[str]]:
    """Step 6 to its end, between two looks at the boots of both nodes."""
    look = [empty.on(name, BOOT).out for name in ("node1", "node2")]
    converge, accept = page.blocks("6. ", "sh")[0].splitlines()
    ran = [acquainted.run(ACTIVE + command, STEP_S) for command in ("trueup plan", converge, accept, "trueup plan")]
    return ran, [*look, *(empty.on(name, BOOT).out for name in ("node1", "node2"))]


def test_the_first_hour_ends_with_an_accepted_pair(done: tuple[list[Done], list[str]], page: Page) -> None:
    """Changes pending, converged, all checks held, nothing left to do; the node that is out is listed, not touched."""
    before, converged, accepted, after = done[0]
    out, _, nothing = page.blocks("6. ", "text")

    assert (1, 0) == (before.rc, converged.rc), converged.out + converged.err
    assert (0, True) == (accepted.rc, out in accepted.out), accepted.out
    assert (0, True) == (after.rc, nothing in after.out), after.out + after.err


def test_no_node_was_rebooted(done: tuple[list[Done], list[str]]) -> None:
    """Least of all the machine that did the work."""
    one, two, *later = done[1]

    assert [one, two] == later


def test_the_controller_never_reboots_itself(
    done: tuple[list[Done], list[str]], acquainted: Controller, page: Page, empty: Pair
) -> None:
    """Not where its driver needs it, and not where the profile allows it: it is named, and a person does it."""
    (_, said, _) = page.blocks("6. ", "text")
    acquainted.put("trueup/profiles.py", acquainted.run("cat trueup/profiles.py").out.encode() + REBOOTING.encode())
    empty.on("node1", UNLOAD)
    ran = acquainted.run(
        f"{ACTIVE}pyinfra -y --limit node1 --data profile=rebooting inventory.py deploy/site.py", STEP_S
    )
    boot = empty.on("node1", BOOT).out
    loaded = empty.on("node1", RELOAD)

    assert (1, True) == (ran.rc, said.strip() in " ".join((ran.out + ran.err).split())), ran.out + ran.err
    assert (done[1][0], 0) == (boot, loaded.rc)
