"""What an operator declares: typed, validated, or refused with the reasons.

Nothing here imports another package of the project, so that every tool can read a declaration.
"""

from trueup.declaration.builtin_profiles import GUIDE_PACKAGES, LAB
from trueup.declaration.error_text import EXAMPLES
from trueup.declaration.errors import Refusal
from trueup.declaration.load import Fleet, load_fleet, load_profile, load_profiles, node_from_data, profiles_of
from trueup.declaration.node import DATA_KEYS, PASSED_ON, Node
from trueup.declaration.paths import HOSTFILE
from trueup.declaration.profile import (
    COMPONENTS,
    Access,
    Account,
    ArchiveName,
    Collective,
    Conda,
    Cuda,
    DeepSpeed,
    Driver,
    Env,
    Host,
    Nccl,
    Profile,
    Time,
    env_prefix,
)
from trueup.declaration.types import NodeName, Record

__all__ = [
    "COMPONENTS",
    "DATA_KEYS",
    "EXAMPLES",
    "GUIDE_PACKAGES",
    "HOSTFILE",
    "LAB",
    "PASSED_ON",
    "Access",
    "Account",
    "ArchiveName",
    "Collective",
    "Conda",
    "Cuda",
    "DeepSpeed",
    "Driver",
    "Env",
    "Fleet",
    "Host",
    "Nccl",
    "Node",
    "NodeName",
    "Profile",
    "Record",
    "Refusal",
    "Time",
    "env_prefix",
    "load_fleet",
    "load_profile",
    "load_profiles",
    "node_from_data",
    "profiles_of",
]
