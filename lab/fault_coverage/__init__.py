"""Fault coverage: inject each fault of the catalogue, and show that exactly its checks catch it and it is healed."""
