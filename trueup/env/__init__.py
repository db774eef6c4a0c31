"""Probe a training environment: what is installed, what torch and DeepSpeed report, what the loader would take.

Other packages import these modules and nothing else of this package; the programs that run on nodes are in
trueup/env/node.
"""

from trueup.env import ds_report, ldso, probe

__all__ = ["ds_report", "ldso", "probe"]
