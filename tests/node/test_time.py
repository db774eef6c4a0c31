"""The time service of a node."""

from testinfra.host import Host

from trueup.accept.checks import applies, text
from trueup.declaration import Profile
from trueup.platforms import Distro


def test_service_runs(host: Host, distro: Distro) -> None:
    """A stopped time service lets clocks drift apart: logs, certificates and timeouts lie."""
    service = host.service(distro.time_service)

    assert (True, True) == (service.is_running, service.is_enabled)


@applies(when=lambda _node, profile: bool(profile.time.servers), why="no time server is declared")
def test_servers_are_the_declared_ones(host: Host, distro: Distro, profile: Profile) -> None:
    """Another time server on one node gives two nodes two clocks."""
    lines = text(host, distro.time_conf).splitlines()
    servers = [line.split()[1] for line in lines if line.startswith("server ")]

    assert list(profile.time.servers) == servers
