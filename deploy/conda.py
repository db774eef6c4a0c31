"""Install the conda base; its environments belong to the component env."""

from pyinfra.api.deploy import deploy

from deploy.fleet_context import pyinfra_loop
from deploy.operations import conda
from trueup.declaration import Account, Conda, Node
from trueup.lockfile import Lock


@deploy("conda")
def apply(desired: Conda, accounts: tuple[Account, ...], lock: Lock, node: Node) -> None:
    """Install once from the mirror, then initialize the declared accounts' shells."""
    conda.base(
        name="base installation",
        prefix=desired.prefix,
        installer=lock.artifact(desired.installer),
        mirror=node.mirror,
    )
    for account in pyinfra_loop([account for account in accounts if account.name in desired.init_for]):
        conda.shell_init(name=f"conda init for {account.name}", prefix=desired.prefix, account=account)
