"""Paths on nodes that the tools fix, and that no profile changes."""

# Nodes and slots of a job (deepspeed/launcher/runner.py, DLTS_HOSTFILE): converge writes it, the launcher reads it.
HOSTFILE = "/job/hostfile"
