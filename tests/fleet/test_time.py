"""The clocks of the nodes, side by side."""

import time

from trueup.accept.checks import FleetUnderTest, require


def test_clocks_agree(fleet: FleetUnderTest) -> None:
    """Clocks a second apart make the logs of two nodes useless side by side."""
    offsets = {}
    for node in fleet.nodes:
        before = time.time()
        found = float(fleet.run(node.name, "date +%s.%N").text)
        offsets[node.name] = found - (before + time.time()) / 2

    apart = max(offsets.values()) - min(offsets.values())
    require(apart < 0.5, expected="clocks less than 0.5 s apart", actual=f"{apart:.3f} s: {offsets}")
