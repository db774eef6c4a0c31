"""The distribution, and the terms of what is installed on it."""

from collections.abc import Iterator
from datetime import date

from trueup.compat.rules.rule import Breach, node_rule
from trueup.compat.stack import StackOnNode
from trueup.compat.tables import lookup
from trueup.compat.versions import version_key


@node_rule("facts-agree", source="os-release(5) and the table of distributions", level="cannot judge")
def facts_agree(at: StackOnNode) -> Iterator[Breach]:
    """What the node says of itself agrees with the inventory and with its distribution."""
    node = at.node
    if node.declared_distro is not None and node.distro != node.declared_distro:
        yield Breach(
            f"{node.declared_distro}, as the inventory says",
            f"the node says {node.distro}",
            "correct distro in the inventory, or look at the node",
        )
    row = lookup.distro(node.need("distro"))
    if node.glibc is not None and version_key(node.glibc) != version_key(row.glibc):
        yield Breach(
            f"glibc {row.glibc} on {row.distro}",
            f"the node says glibc {node.glibc}",
            "find out which is true (ldd --version); a distribution that is not listed needs a row of its own",
        )


@node_rule("distro-eol", source="the distributions' life-cycle pages", level="warning")
def distro_eol(at: StackOnNode) -> Iterator[Breach]:
    """The distribution still gets mended."""
    row = lookup.distro(at.node.need("distro"))
    if date.fromisoformat(row.eol) < at.today:
        remedy = f"{row.eol_remedy}, or " if row.eol_remedy else ""
        yield Breach(
            "a distribution that still gets mended",
            f"{row.distro}, past its end of life since {row.eol}",
            f"{remedy}move to Rocky 9 or Ubuntu 22.04",
            source=row.eol_source,
        )


@node_rule(
    "distro-repository",
    "toolkit",
    "branch",
    source="NVIDIA's repository for rhel7",
    status="memory",
    level="warning",
)
def distro_repository(at: StackOnNode) -> Iterator[Breach]:
    """NVIDIA's repository for the distribution has that toolkit and that driver branch."""
    row = lookup.distro(at.node.need("distro"))
    if row.last_toolkit is not None and version_key(at.stack.toolkit) > version_key(row.last_toolkit):
        yield Breach(
            f"CUDA {row.last_toolkit} or older from the repository of {row.distro}",
            f"CUDA {at.stack.toolkit}",
            f"take CUDA {row.last_toolkit} or older",
        )
    if row.last_branch is not None and int(at.stack.branch) > int(row.last_branch):
        yield Breach(
            f"a driver that NVIDIA's repository for {row.distro} has (it ends at about CUDA {row.last_toolkit})",
            f"R{at.stack.branch}, for which no package is known there",
            "look into the repository first; the branches are named nvidia-driver-branch-<N> there",
        )


@node_rule("conda-terms", "installer", source="anaconda.org notice", level="warning")
def conda_terms(at: StackOnNode) -> Iterator[Breach]:
    """The installer's channel has no terms that a larger organisation must look at."""
    row = lookup.installer(at.stack.installer)
    if row.terms:
        yield Breach(
            "a channel without terms of service",
            f"{at.stack.installer} uses the defaults channel, whose terms bind larger organisations",
            "read the terms, or take Miniforge (conda-forge only)",
            status=row.status,
        )
