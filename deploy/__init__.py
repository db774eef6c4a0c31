"""Makes it so: one module a room, applied by pyinfra."""
