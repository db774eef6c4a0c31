"""What is said of a store that cannot be used."""


class StoreError(Exception):
    """The store cannot be used; says which, what was found and what to do."""


class NewerStore(StoreError):
    """Written by a newer trueup."""


class LockedStore(StoreError):
    """Somebody else has it and does not let go."""


class TornStore(StoreError):
    """Its bytes are no database."""
