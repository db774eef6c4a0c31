"""The truth about a node's GPUs: a probe that runs there, and the pure reading of what it prints."""
