"""The command `trueup lab`: real machines on this one. TRUEUP_LAB names the instance."""

import json
from time import monotonic

import click

from lab import snapshots
from lab.faults import catalogue, listing
from lab.instance import Instance, current_name, load
from lab.locks import only_one
from lab.progress import Steps
from lab.status import document, table
from lab.topologies import SHAPES
from lab.up import bring_up, podman_for, take_down
from lab.up import undo as undo_lab


@click.group()
def lab() -> None:
    """Real machines on this one: Podman nodes with systemd and sshd (TRUEUP_LAB names the instance)."""


@lab.command()
@click.option("--nodes", type=int, default=None, help="How many; as many as there are, or 2, by default.")
@click.option("--fresh", is_flag=True, help="Throw the nodes away first, so that they are empty.")
@click.option("--like", metavar="NAME", default=None, help="Make new nodes of the disks that lab NAME keeps.")
@click.option(
    "--shape", type=click.Choice(list(SHAPES)), default=None, help="What its nodes are; all Debian 12 by default."
)
@click.option("--mirror/--no-mirror", "with_mirror", default=True, help="Fill and serve the mirror.")
def up(nodes: int | None, fresh: bool, like: str | None, shape: str | None, with_mirror: bool) -> None:
    """Bring the lab up, whatever an earlier run left of it."""
    began = monotonic()
    with Steps() as steps:
        instance = bring_up(
            current_name(), steps, nodes=nodes, fresh=fresh, like=like, shape=shape, with_mirror=with_mirror
        )
        steps.say(f"the lab {instance.name!r} is up ({monotonic() - began:.1f} s)")


@lab.command()
def save() -> None:
    """Keep the nodes' disks as they are now, for `up --like` of another instance."""
    with Steps() as steps:
        instance = _existing()
        with only_one(instance.name, steps.say):
            snapshots.save(instance, podman_for(instance.name), steps)


@lab.command()
def down() -> None:
    """Remove the lab's nodes, network, mirror and state; the caches stay."""
    with Steps() as steps:
        take_down(current_name(), steps)


@lab.command()
@click.option("--mirror/--no-mirror", "with_mirror", default=True, help="Repair the mirror as well.")
def undo(with_mirror: bool) -> None:
    """Undo faults: of the network, nodes that are off or frozen, a damaged mirror, and what `inject` did."""
    with Steps() as steps:
        instance = undo_lab(current_name(), steps, with_mirror=with_mirror)
        with steps.step("undo what `trueup lab inject` did"):
            left = catalogue.undo(instance)
        for fault in left:
            steps.say(f"converge repairs {fault.name} on {fault.node}: pyinfra -y inventory.py deploy/site.py")


@lab.command()
@click.argument("name", required=False)
@click.option("--list", "as_list", is_flag=True, help="Name all faults.")
@click.option("--json", "as_json", is_flag=True, help="With --list: one JSON document on standard output.")
def inject(name: str | None, as_list: bool, as_json: bool) -> None:
    """Inject the fault NAME into its node (see --list); `trueup lab undo` or converge removes it."""
    if as_list and as_json:
        click.echo(json.dumps(listing.as_json(), indent=2))
    elif as_list or name is None:
        listing.show()
    else:
        fault = catalogue.inject(_existing(), name)
        click.echo(f"{fault.node}: {fault.cause} Now accept it: pytest -n auto --node {fault.node}")


def _existing() -> Instance:
    instance = load(current_name())
    if instance is None:
        raise click.UsageError("there is no lab of that name; `trueup lab up` makes one")
    return instance


@lab.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def status(as_json: bool) -> None:
    """Say which nodes there are and how to reach them."""
    instance = load(current_name())
    if as_json:
        click.echo(json.dumps(document(instance), indent=2))
    else:
        table(instance)
