"""The all-reduce between nodes: exact, measured, and able to say what is wrong."""
