"""The options of acceptance."""

import pytest

from trueup.accept.tiers import Tier


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of acceptance."""
    group = parser.getgroup("trueup")
    group.addoption("--inventory", default="inventory.py", metavar="FILE", help="the nodes to look at")
    group.addoption("--node", action="append", default=[], metavar="NAME", help="only this node (again for more)")
    group.addoption("--room", action="append", default=[], metavar="ROOM", help="only this room (again for more)")
    tiers = [tier.value for tier in Tier]
    group.addoption("--tier", default=Tier.USUAL.value, choices=tiers, help="how deep to look; usual if not given")
    above = "more nodes than this become one pytest item a node and room; the records stay one a check"
    group.addoption("--one-item-above", type=int, default=64, metavar="N", help=above)
    alone = "ask each question when its check is run, and no earlier"
    group.addoption("--no-look-ahead", dest="look_ahead", action="store_false", help=alone)
    group.addoption("--left-out", default=None, metavar="FILE", help="write what a deeper tier would ask, as JSON")
    group.addoption("--no-table", action="store_true", help="for who reads the records: no table of rooms and nodes")
    group.addoption("--records", default=None, metavar="FILE", help="write every answer there, as JSON")
