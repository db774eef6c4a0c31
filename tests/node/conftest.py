"""Share a run's probes among checks: GPUs, environment, distribution entry."""

import shlex
from collections.abc import Callable

import pytest
from testinfra.host import Host

from trueup.accept.checks import CheckFailed, CouldNotCheck, prefetchable
from trueup.declaration import Node, Profile
from trueup.env.probe import Environment, environment
from trueup.gpu import Check, ProbeReport, run_probe
from trueup.platforms import Distro, UnknownDistro, distro_of
from trueup.remote_shell import Shell


@pytest.fixture(scope="session")
@prefetchable
def gpu_report(node: Node, profile: Profile, shell: Shell) -> ProbeReport:
    """Return the GPU probe's report, taken once in this run."""
    return run_probe(node, profile, shell)


@pytest.fixture(scope="session")
@prefetchable
def env(shell: Shell, profile: Profile, hashed_bytes: int) -> Environment:
    """Return the training environment's contents, probed once for all components."""
    return environment(shell, profile.env_prefix, hashed_bytes)


@pytest.fixture
def holds(gpu_report: ProbeReport, note: Callable[[str], None]) -> Callable[[Check], bool]:
    """Return whether a check of the probe passes; notes go to the report.

    Raises:
        CheckFailed: With every fault.
        CouldNotCheck: The probe saw too little.
    """

    def ask(check: Check) -> bool:
        verdict = gpu_report.judge(check)
        for problem in verdict.problems("note"):
            note(str(problem))
        if not verdict.passes:
            raise CheckFailed(*verdict.problems("fault"))
        return True

    return ask


@pytest.fixture(scope="session")
@prefetchable
def distro(host: Host) -> Distro:
    """What the table says of the node; it decides whom to ask, because a node may carry a second package manager."""
    words = shlex.split(host.run("cat /etc/os-release").stdout_bytes.decode(errors="replace"), comments=True)
    found = dict(word.partition("=")[::2] for word in words)
    try:
        return distro_of(found.get("ID", ""), found.get("VERSION_ID", ""))
    except UnknownDistro as error:
        raise CouldNotCheck(str(error)) from error
