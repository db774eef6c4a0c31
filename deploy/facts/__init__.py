"""Read a node's state: each fact is one command and a pure parser of its lines."""
