"""Whether the nodes train together: three steps of DeepSpeed, from the hostfile that lies there."""

import pytest

from trueup.accept.checks import CheckFailed, CouldNotCheck, FleetUnderTest, remedy, tier
from trueup.collective import (
    HostfileError,
    JobVerdict,
    examine,
    in_order,
    members_of,
    read_hostfile,
    train,
    training_of,
)
from trueup.outcome import Outcome

REMEDY = "the reason names the rank; `trueup allreduce -v` tries the network without DeepSpeed"

pytestmark = [remedy(REMEDY), tier("standard")]


@pytest.fixture(scope="module")
def trained(fleet: FleetUnderTest) -> JobVerdict:
    """One training run over all nodes, shared by the checks below."""
    members = members_of(fleet.nodes, fleet.profile, fleet.shells)
    try:
        members = in_order(read_hostfile(members[0]), members)
    except HostfileError as error:
        return JobVerdict(Outcome.FAIL, (error.problem,))
    found = examine(members, training_of(fleet.profile), run=train)
    if found.outcome is Outcome.UNKNOWN:
        raise CouldNotCheck(*found.problems)
    return found


def test_every_rank_learns_what_one_process_learns(trained: JobVerdict) -> None:
    """A gradient that is lost or counted twice gives a model that does not learn, without a message.

    All ranks that the profile declares take part, over its backend, at its ZeRO stage.
    """
    if trained.problems:
        raise CheckFailed(*trained.problems)
