"""Probes of the training environment, run by its own Python: standard library, torch and DeepSpeed."""
