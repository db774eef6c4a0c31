"""Artifacts for nodes that cannot reach the Internet: locked, fetched once, verified, served."""
