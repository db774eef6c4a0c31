"""The same work by trueup and by its peers, in one run: `python -m bench.accept`, `python -m bench.converge`."""
