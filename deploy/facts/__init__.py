"""What a node is asked while preparing; each fact is one command and a pure reading of its lines."""
