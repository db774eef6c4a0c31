"""What is known about releases, drivers, GPUs and distributions: data files, read into typed rows."""
