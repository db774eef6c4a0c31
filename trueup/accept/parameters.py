"""Give the declaration's values in the form that checks take as parameters."""

from collections.abc import Mapping

from trueup.declaration import Node, Profile


def accounts(_node: Node, profile: Profile) -> list[str]:
    """The names of the declared accounts."""
    return [account.name for account in profile.access.accounts]


def mesh(nodes: tuple[Node, ...], profiles: Mapping[str, Profile]) -> list[tuple[str, str, str]]:
    """Every declared (account, source, target) of the mesh."""
    return [
        (account.name, source.name, target.name)
        for source in nodes
        for target in nodes
        for account in profiles[target.name].access.accounts
        if profiles[target.name].access.allows(source.name, target.name)
    ]


def pairs(nodes: tuple[Node, ...], _profiles: Mapping[str, Profile]) -> list[tuple[str, str]]:
    """Every ordered pair of different nodes."""
    return [(one.name, other.name) for one in nodes for other in nodes if one is not other]
