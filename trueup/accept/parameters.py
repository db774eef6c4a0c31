"""What the declaration says, in the form in which checks ask for it."""

from collections.abc import Mapping

from trueup.declaration.node import Node
from trueup.declaration.profile import Account, Profile


def accounts(_node: Node, profile: Profile) -> list[str]:
    """The names of the declared accounts."""
    return [account.name for account in profile.access.accounts]


def account_of(profile: Profile, name: str) -> Account:
    """The declared account of that name."""
    return next(account for account in profile.access.accounts if account.name == name)


def key_path(profile: Profile, account: str) -> str:
    """The account's own private key."""
    return f"{account_of(profile, account).home}/.ssh/id_{profile.access.key_type}"


def env_path(profile: Profile) -> str:
    """The training environment's prefix."""
    return f"{profile.conda.prefix}/envs/{profile.env.name}"


def allowed(profile: Profile, source: str, target: str) -> bool:
    """Whether the mesh lets source log in on target; every node reaches itself in neither form."""
    if source == target:
        return False
    return profile.access.mesh == "all" or (source, target) in profile.access.mesh


def mesh(nodes: tuple[Node, ...], profiles: Mapping[str, Profile]) -> list[tuple[str, str, str]]:
    """Every declared (account, source, target) of the mesh."""
    return [
        (account.name, source.name, target.name)
        for source in nodes
        for target in nodes
        for account in profiles[target.name].access.accounts
        if allowed(profiles[target.name], source.name, target.name)
    ]


def pairs(nodes: tuple[Node, ...], _profiles: Mapping[str, Profile]) -> list[tuple[str, str]]:
    """Every ordered pair of different nodes."""
    return [(one.name, other.name) for one in nodes for other in nodes if one is not other]
