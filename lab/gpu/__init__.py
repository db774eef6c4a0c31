"""Simulated GPUs for the lab: a stand-in for NVIDIA's NVML, its packages, and the file that says what it tells.

Nothing here is NVIDIA's, and no GPU is behind it. nvidia-ml-py loads the library unchanged. Debian's own
nvidia-smi does not run against it: it asks for nvmlInternalGetExportTable, compares versions and gives up, so
the lab ships no nvidia-smi.
"""
