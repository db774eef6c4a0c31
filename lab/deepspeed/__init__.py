"""DeepSpeed's wheels with their ops, compiled by the real nvcc; no stand-in but the folder that it runs in."""
