"""One HTML file that opens from disk with no network: the fleet, what drifted, and how it goes."""
