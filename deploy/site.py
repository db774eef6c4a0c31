"""The table of contents: one line a room, in order."""

from pathlib import Path

from deploy import access, conda, env, host
from deploy.distro import here
from deploy.fleet import active_nodes, this_node
from trueup.spec.load import load_profile
from trueup.spec.lock import read_lock

node = this_node()

if node.out is None:
    nodes = active_nodes()
    distro = here()
    want = load_profile(node.profile, Path(node.profiles))
    lock = read_lock(Path(want.lock))

    access.apply(want=want.access, node=node, nodes=nodes)
    host.apply(want=want.host, collective=want.collective, distro=distro, node=node, nodes=nodes)
    conda.apply(want=want.conda, accounts=want.access.accounts, lock=lock, node=node)
    env.apply(want=want.env, conda=want.conda, lock=lock, node=node)
