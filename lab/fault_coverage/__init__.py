"""The proof run: every mutation of the catalogue is caught, by exactly its own checks, and healed."""
