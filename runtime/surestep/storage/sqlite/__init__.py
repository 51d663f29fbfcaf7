"""The store on one SQLite file."""

from surestep.storage.sqlite.store import SqliteStore

__all__ = ["SqliteStore"]
