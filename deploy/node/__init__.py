"""Programs of the deploy that run on nodes: standard library only."""
