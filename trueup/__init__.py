"""trueup: brings a fleet of GPU nodes to one declared state, and proves that it is there."""
