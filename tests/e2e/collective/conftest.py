"""A converged pair of lab nodes, seen as the members of a collective job."""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from lab.instance import load
from lab.node import LabNode
from lab.podman import Podman
from tests.e2e.conftest import Pair
from trueup.collective.job_spec import JobSpec, Member, job_of, members_of
from trueup.collective.run import examine
from trueup.declaration import Profile, load_fleet, profiles_of
from trueup.remote_shell import Shell, ShellError, Target, connect_all

INVENTORY = Path("lab/inventory.py")
# Looks and shells move some 100 kB; a few buffers of the job are more than this.
TRAFFIC = 4_000_000
JOB_PROCESSES = "grep -lzs '^TRUEUP_JOB=' /proc/[0-9]*/environ | wc -l"


@dataclass(frozen=True)
class Lab:
    """The lab's nodes from outside, and the job that its profile declares, with small buffers."""

    nodes: dict[str, LabNode]
    profile: Profile
    job: JobSpec

    def processes(self) -> dict[str, int]:
        """How many processes of any job are left on each node."""
        return {name: int(node.execute(JOB_PROCESSES)) for name, node in self.nodes.items()}

    def await_traffic(self, name: str, seconds: float = 200.0) -> None:
        """Return when buffers of a collective come in at a node; raises TimeoutError."""
        script = "cat /sys/class/net/eth0/statistics/rx_bytes"
        first = int(self.nodes[name].execute(script))
        until = time.monotonic() + seconds
        while int(self.nodes[name].execute(script)) < first + TRAFFIC:
            if time.monotonic() > until:
                raise TimeoutError(f"{name} got no {TRAFFIC} bytes within {seconds:g} s")
            time.sleep(0.2)


@pytest.fixture(scope="session")
def lab(pair: Pair) -> Iterator[Lab]:
    """The pair, converged; converging it twice changes nothing."""
    done = pair.converge()
    assert done.rc == 0, done.err
    instance = load(pair.name)
    assert instance is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRUEUP_LAB", pair.name)
        fleet = load_fleet(INVENTORY)
        profile = profiles_of(fleet)[fleet.nodes[0].name]
        podman = Podman(instance.containers_conf)
        nodes = {name: LabNode(instance, name, podman) for name in instance.node_names}
        yield Lab(nodes, profile, replace(job_of(profile), sizes=(12, 1_000_012), deadline_s=300))


@contextmanager
def opened() -> Iterator[tuple[Member, ...]]:
    """The nodes of the inventory, each with a shell."""
    assert os.environ["TRUEUP_LAB"]
    fleet = load_fleet(INVENTORY)
    profile = profiles_of(fleet)[fleet.nodes[0].name]
    found = connect_all([Target.of_node(node) for node in fleet.nodes])
    lost = [str(each) for each in found.values() if isinstance(each, ShellError)]
    assert lost == []
    with ExitStack() as stack:
        shells = {name: stack.enter_context(each) for name, each in found.items() if isinstance(each, Shell)}
        yield members_of(fleet.nodes, profile, shells)


@pytest.fixture(scope="session")
def healthy_s(lab: Lab) -> float:
    """Seconds that the job takes where nothing is wrong."""
    with opened() as members:
        since = time.monotonic()
        verdict = examine(members, lab.job)
    assert "pass" == verdict.outcome, verdict.reasons
    return time.monotonic() - since


@pytest.fixture
def members(lab: Lab) -> Iterator[tuple[Member, ...]]:
    """Both nodes, each with a shell of this test's own."""
    with opened() as found:
        yield found
