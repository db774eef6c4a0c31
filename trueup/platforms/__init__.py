"""Describe distributions, package names and compilers: what differs between platforms, as data."""

from trueup.platforms.compilers import OWN_COMPILER, Compiler, NoCompiler, host_compiler
from trueup.platforms.model import Archive, Distro, FirewallName
from trueup.platforms.nvidia import CUDA_LIBRARY, DRIVER_PACKAGE, REPOSITORY_NAME
from trueup.platforms.table import DISTROS, TOOLS, UnknownDistro, distro_named, distro_of, toolkit_package

__all__ = [
    "CUDA_LIBRARY",
    "DISTROS",
    "DRIVER_PACKAGE",
    "OWN_COMPILER",
    "REPOSITORY_NAME",
    "TOOLS",
    "Archive",
    "Compiler",
    "Distro",
    "FirewallName",
    "NoCompiler",
    "UnknownDistro",
    "distro_named",
    "distro_of",
    "host_compiler",
    "toolkit_package",
]
