"""The base installation; environments are the next component's."""

from pyinfra.api.deploy import deploy

from deploy.fleet_context import in_turn
from deploy.operations import conda
from trueup.declaration.node import Node
from trueup.declaration.profile import Account, Conda
from trueup.lockfile.lockfile import Lock


@deploy("conda")
def apply(want: Conda, accounts: tuple[Account, ...], lock: Lock, node: Node) -> None:
    """Installed once from the mirror, then made known to the declared accounts' shells."""
    conda.base(
        name="base installation",
        prefix=want.prefix,
        installer=lock.artifact(want.installer),
        mirror=node.mirror,
    )
    for account in in_turn([each for each in accounts if each.name in want.init_for]):
        conda.shell_init(name=f"conda init for {account.name}", prefix=want.prefix, account=account)
