"""Run jobs over all nodes: exact results, measured bandwidth, and a diagnosis when one fails.

    members = members_of(fleet.nodes, profile, shells)
    verdict = examine(members, job_of(profile))                    the all-reduce
    verdict = examine(members, training_of(profile), run=train)    the training step, members in_order()

Other packages import the names below and nothing else of this package. `trueup allreduce` is in
trueup.collective.cli; the programs that run on nodes are in trueup/collective/node.
"""

from trueup.collective.bandwidth import BandwidthVerdict, evaluate_bandwidth
from trueup.collective.job_problem import JobProblem
from trueup.collective.job_spec import CommandRunner, JobSpec, Member, job_of, members_of, training_of
from trueup.collective.node.collectives import OPERATIONS
from trueup.collective.node.reap import VARIABLE as JOB_VARIABLE
from trueup.collective.run import examine
from trueup.collective.training import HostfileError, in_order, read_hostfile, train
from trueup.collective.verdict import JobVerdict

__all__ = [
    "JOB_VARIABLE",
    "OPERATIONS",
    "BandwidthVerdict",
    "CommandRunner",
    "HostfileError",
    "JobProblem",
    "JobSpec",
    "JobVerdict",
    "Member",
    "evaluate_bandwidth",
    "examine",
    "in_order",
    "job_of",
    "members_of",
    "read_hostfile",
    "train",
    "training_of",
]
