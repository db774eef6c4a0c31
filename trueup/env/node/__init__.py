"""Programs that look into the training environment, run by its own Python: standard library only."""
