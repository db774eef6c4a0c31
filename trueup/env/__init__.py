"""One look into a training environment: what is installed in it, and what torch says of itself."""
