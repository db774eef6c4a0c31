"""The lab: two real machines on this one, with simulated GPUs. Nothing of it is product code."""
