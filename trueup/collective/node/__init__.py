"""Programs of the collective test that run on nodes: standard library only (torch in the ranks)."""
