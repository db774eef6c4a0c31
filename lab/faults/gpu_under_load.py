"""Faults of the simulated GPUs that an idle look does not see: they show only while the fleet's job runs."""

from lab.faults.common import UNDER_LOAD
from lab.faults.gpu import line

PACE, REPLAYS = UNDER_LOAD

# "a>b" and "a^b" begin with the fifth question, and the probe of an idle node asks twice: see lab/gpu/nvml/state.h.
FAULTS = (
    line("gpu-hot-under-load", "A fan turns too slowly.", "0.event_reasons", "0x1>0x41", PACE),
    line("gpu-brake-under-load", "One power supply of two failed.", "1.event_reasons", "0x1>0x81", PACE, node="node2"),
    line("gpu-replays-under-load", "A poor contact.", "0.replays", "5>9", notes=(REPLAYS,)),
    line("gpu-dip-under-load", "Warm air for a moment.", "0.event_reasons", "0x1^0x21", notes=(PACE,)),
    line("control-gpu-cap-under-load", "A GPU at its power limit.", "0.event_reasons", "0x1>0x5"),
)
