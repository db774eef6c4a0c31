"""Distributions, package names and compilers: what differs between platforms, as data."""
