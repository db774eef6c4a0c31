"""The history on disk: SQLite in WAL mode, or a site's PostgreSQL."""

from trueup.drift.store.errors import LockedStore, NewerStore, StoreError, TornStore
from trueup.drift.store.opening import Store, open_store

__all__ = ["LockedStore", "NewerStore", "Store", "StoreError", "TornStore", "open_store"]
