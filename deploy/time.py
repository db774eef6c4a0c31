"""The time service: the declared servers, running now and after a reboot."""

from pyinfra.api.deploy import deploy

from deploy.operations import files, host
from trueup.declaration import Time
from trueup.platforms import Distro


@deploy("time")
def apply(desired: Time, distro: Distro) -> None:
    """Configure the service, which host's packages bring, and restart it when its servers change."""
    servers = files.block(
        name="servers",
        path=distro.time_conf,
        lines=[f"server {server} iburst" for server in desired.servers],
    )
    host.running(name="service", unit=distro.time_service)
    host.restart(name="service takes its servers", unit=distro.time_service, _if=servers.did_change)
