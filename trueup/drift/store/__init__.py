"""The history on disk: SQLite in WAL mode, or a site's PostgreSQL."""

from trueup.drift.store.database import LockedStore, NewerStore, Store, StoreError, TornStore, open_store

__all__ = ["LockedStore", "NewerStore", "Store", "StoreError", "TornStore", "open_store"]
