"""The clocks of the nodes, side by side."""

import time

from trueup.accept.connections import FleetUnderTest


def test_clocks_agree(fleet: FleetUnderTest) -> None:
    """Clocks a second apart make the logs of two nodes useless side by side."""
    offsets = {}
    for node in fleet.nodes:
        before = time.time()
        found = float(fleet.run(node.name, "date +%s.%N").text)
        offsets[node.name] = found - (before + time.time()) / 2

    assert max(offsets.values()) - min(offsets.values()) < 0.5, offsets
