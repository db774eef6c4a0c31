"""Programs of the acceptance checks that run on nodes: standard library only."""
