"""The history on disk: SQLite in WAL mode, or any database that SQLAlchemy knows."""

from trueup.drift.store.opening import LockedStore, NewerStore, Store, StoreError, TornStore, open_store

__all__ = ["LockedStore", "NewerStore", "Store", "StoreError", "TornStore", "open_store"]
