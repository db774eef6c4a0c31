"""How long the probe takes on a node; on a machine that is otherwise idle."""

import base64
import json
from statistics import median

import pytest

from tests.e2e.conftest import Pair
from trueup.declaration import LAB
from trueup.gpu import launch, pythons, script

PYTHON = f"{LAB.env_prefix}/bin/python"
MOST_S = 0.6
ROUNDS = 9


def fed(pair: Pair, node: str, command: str, text: bytes) -> str:
    """What the command prints on the node with this file as $f."""
    shipped = base64.b64encode(text).decode()
    done = pair.on(node, f"f=$(mktemp) && printf %s {shipped} | base64 -d >$f && {command}; rm -f $f")
    assert done.rc == 0, done.err
    return done.out


@pytest.mark.parametrize("node", ["node1", "node2"])
def test_a_probe_takes_little_more_than_python(converged: Pair, node: str) -> None:
    """At most 0.6 s beyond the start of the node's own Python: medians of several, in turns, on the node itself."""
    probe = f"( {launch(pythons(LAB.conda.prefix, LAB.env.name), 30)} ) <$f"
    timed = f"a=$(date +%s%N); {PYTHON} -I -B -c pass; b=$(date +%s%N); {probe} >/dev/null; c=$(date +%s%N)"
    told = json.loads(fed(converged, node, probe, script()))
    lines = fed(converged, node, f"for i in $(seq {ROUNDS}); do {timed}; echo $a $b $c; done", script()).splitlines()
    times = [[int(word) / 1e9 for word in line.split()] for line in lines]
    python, look = (median(row[at + 1] - row[at] for row in times) for at in (0, 1))

    print(f"{node}: python {python:.3f} s, probe {look:.3f} s")
    assert (ROUNDS, 2) == (len(times), len(told["nvml"]["value"]["gpus"]))
    assert look - python <= MOST_S, f"python {python:.3f} s, probe {look:.3f} s"
