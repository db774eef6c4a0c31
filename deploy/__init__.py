"""Makes it so: one module a component, applied by pyinfra."""
