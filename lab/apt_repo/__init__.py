"""An apt repository in NVIDIA's shape for the lab's mirror; every package says in itself what it is made of."""
