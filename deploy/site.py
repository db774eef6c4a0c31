"""The table of contents: one line a component, in order."""

from pathlib import Path

from deploy import access, conda, cuda, deepspeed, driver, env, host, nccl, node_lock, time
from deploy.distro import here
from deploy.fleet_context import active_nodes, refuse_the_impossible, refusing, this_node
from trueup.declaration.load import load_profile
from trueup.lockfile.lockfile import read_lock
from trueup.lockfile.site_lockfile import read_site_lock

node = this_node()

if node.maintenance is None:
    node_lock.claim()
    refuse_the_impossible()
    nodes = active_nodes()
    distro = here()
    with refusing():
        want = load_profile(node.profile, Path(node.profiles))
        lock = read_lock(Path(want.lock))
        site = read_site_lock(Path(want.lock))
    accounts = want.access.accounts

    access.apply(want=want.access, distro=distro, node=node, nodes=nodes)
    host.apply(want=want.host, collective=want.collective, distro=distro, node=node, nodes=nodes)
    time.apply(time=want.time, distro=distro)
    cuda.packages(distro=distro, node=node, lock=lock, site=site)
    driver.apply(want=want.driver, distro=distro, lock=lock, node=node)
    cuda.apply(want=want.cuda, distro=distro, accounts=accounts, conda=want.conda, env=want.env)
    conda.apply(want=want.conda, accounts=accounts, lock=lock, node=node)
    env.apply(want=want.env, conda=want.conda, lock=lock, node=node)
    deepspeed.apply(want=want, distro=distro, lock=lock, site=site, node=node, nodes=nodes)
    nccl.apply(want=want.nccl, node=node)
    driver.reboot(want=want.driver, distro=distro)
