"""Converge every component, in order."""

from pathlib import Path

from deploy import access, conda, cuda, deepspeed, driver, env, host, nccl, node_lock, time
from deploy.distro import current_distro
from deploy.fleet_context import active_nodes, current_node, refusals_as_pyinfra_errors, reject_incompatible_fleet
from trueup.declaration import load_profile
from trueup.lockfile import read_lock, read_site_lock

node = current_node()

if node.maintenance is None:
    node_lock.acquire_current_host()
    reject_incompatible_fleet()
    nodes = active_nodes()
    distro = current_distro()
    with refusals_as_pyinfra_errors():
        profile = load_profile(node.profile, Path(node.profiles))
        lock = read_lock(Path(profile.lock))
        site = read_site_lock(Path(profile.lock))
    accounts = profile.access.accounts

    access.apply(desired=profile.access, distro=distro, node=node, nodes=nodes)
    host.apply(desired=profile.host, collective=profile.collective, distro=distro, node=node, nodes=nodes)
    time.apply(desired=profile.time, distro=distro)
    cuda.packages(distro=distro, node=node, lock=lock, site=site)
    driver.apply(desired=profile.driver, distro=distro, lock=lock, node=node)
    cuda.apply(desired=profile.cuda, distro=distro, accounts=accounts, conda=profile.conda, env=profile.env)
    conda.apply(desired=profile.conda, accounts=accounts, lock=lock, node=node)
    env.apply(desired=profile.env, conda=profile.conda, lock=lock, node=node)
    deepspeed.apply(profile=profile, distro=distro, lock=lock, site=site, node=node, nodes=nodes)
    nccl.apply(desired=profile.nccl, node=node)
    driver.reboot(desired=profile.driver, distro=distro)
