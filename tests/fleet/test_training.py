"""Whether the nodes train together: three steps of DeepSpeed, from the hostfile that lies there."""

import pytest

from trueup.accept import CouldNotLook
from trueup.accept.reach import FleetUnderTest
from trueup.collective.examine import examine
from trueup.collective.plan import members_of, training_of
from trueup.collective.trained import HostfileError, in_order, read_hostfile, train
from trueup.collective.verdict import Verdict

REMEDY = "the reason names the rank; `trueup allreduce -v` tries the network without DeepSpeed"

pytestmark = [pytest.mark.remedy(REMEDY), pytest.mark.tier("usual")]


@pytest.fixture(scope="module")
def trained(fleet: FleetUnderTest) -> Verdict:
    """One training run over all nodes, shared by the checks below."""
    members = members_of(fleet.nodes, fleet.profile, fleet.shells)
    try:
        members = in_order(read_hostfile(members[0]), members)
    except HostfileError as error:
        raise CouldNotLook(str(error)) from error
    found = examine(members, training_of(fleet.profile), run=train)
    if found.outcome == "could-not-look":
        raise CouldNotLook("\n".join(found.reasons))
    return found


def test_every_rank_learns_what_one_process_learns(trained: Verdict) -> None:
    """A gradient that is lost or counted twice is no error message, but a model that does not learn."""
    assert () == trained.reasons, "\n".join(trained.reasons)


def test_zero_stage_is_the_declared_one(fleet: FleetUnderTest, trained: Verdict) -> None:
    """Each stage takes other collectives: that a lower one trains says nothing of the declared one."""
    declared = fleet.profile.collective.backend, fleet.profile.deepspeed.zero_stage

    assert {declared} == {(record.backend, record.stage) for record in trained.trained}


def test_every_rank_of_the_hostfile_trains(fleet: FleetUnderTest, trained: Verdict) -> None:
    """A GPU that the hostfile leaves out idles, and is paid for."""
    declared = {(node.name, local) for node in fleet.nodes for local in range(node.gpu_count)}
    per_node = fleet.profile.collective.ranks_per_node

    assert declared == {(record.node, record.rank % per_node) for record in trained.trained}
