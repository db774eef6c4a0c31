"""Probe the GPUs of a node and evaluate what the probe prints.

Other packages import these names, and the modules of trueup.gpu.checks, and nothing else of this package; the program
that runs on nodes is in trueup/gpu/node.
"""

from trueup.gpu import checks
from trueup.gpu.driver_packages import DPKG, RPM, held_by_dpkg, locked, of_driver
from trueup.gpu.expected import PCIE_GENERATION, ExpectedGpus, expected_gpus, remaps_rows, retires_pages
from trueup.gpu.findings import Check, ProbeVerdict
from trueup.gpu.fleet_comparison import branches, firmware, shared_models
from trueup.gpu.probe import ProbeReport, launch, pythons, question, run_probe, script, understood
from trueup.gpu.schema import Gpu, Nvml, Probe, ProbeError, read

__all__ = [
    "DPKG",
    "PCIE_GENERATION",
    "RPM",
    "Check",
    "ExpectedGpus",
    "Gpu",
    "Nvml",
    "Probe",
    "ProbeError",
    "ProbeReport",
    "ProbeVerdict",
    "branches",
    "checks",
    "expected_gpus",
    "firmware",
    "held_by_dpkg",
    "launch",
    "locked",
    "of_driver",
    "pythons",
    "question",
    "read",
    "remaps_rows",
    "retires_pages",
    "run_probe",
    "script",
    "shared_models",
    "understood",
]
