"""Seals everything with one key: after a change of keys, or when a store that was plain gets its first."""

from collections.abc import Callable
from typing import Any, NamedTuple

import apsw

from surestep.storage.codec import Encoded
from surestep.storage.keyring import Keyring
from surestep.storage.payloads import Payloads, event_place, record_place, signal_place, waiter_place

__all__ = ["rotate"]

_BATCH = 500
"""Rows in a transaction."""


class _Table(NamedTuple):
    """Where payloads are. The last columns are the payload: bytes alone, or kind, head and bytes."""

    name: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    place: Callable[..., str]


_ENCODED = ("kind", "head", "value")
_TABLES = (
    _Table("events", ("event_id",), ("data",), event_place),
    _Table("records", ("run_id", "seq"), _ENCODED, record_place),
    _Table("signals", ("run_id", "number"), _ENCODED, signal_place),
    _Table("waiters", ("number",), ("trigger",), waiter_place),
)


def rotate(connection: apsw.Connection, keyring: Keyring) -> int:
    """Seal all payloads with the first key, forget the others, and leave nothing of before in the file.

    Dying meanwhile leaves some payloads sealed anew and some not, all of which these keys open.

    Returns:
        how many payloads there are.
    """
    payloads = Payloads(keyring)
    count = sum(_rotate_table(connection, payloads, table) for table in _TABLES)
    connection.execute("DELETE FROM keys WHERE key_id <> ?", (keyring.first_id,))
    connection.execute("VACUUM")  # pages no longer used hold older values
    connection.pragma("wal_checkpoint(truncate)")
    return count


def _rotate_table(connection: apsw.Connection, payloads: Payloads, table: _Table) -> int:
    key, columns = ", ".join(table.key), ", ".join(f'"{column}"' for column in table.columns)
    slots = ", ".join("?" for _ in table.key)
    # The names come from the list above.
    first = f"SELECT {key}, {columns} FROM {table.name} ORDER BY {key} LIMIT {_BATCH}"  # noqa: S608
    following = first.replace(" ORDER", f" WHERE ({key}) > ({slots}) ORDER")
    update = (
        f"UPDATE {table.name} SET ({columns}) = ({', '.join('?' for _ in table.columns)}) WHERE ({key}) = ({slots})"  # noqa: S608
    )
    count, rows = 0, connection.execute(first).fetchall()
    while rows:
        split = len(table.key)
        sealed = [(*_seal(payloads, table.place(*row[:split]), row[split:]), *row[:split]) for row in rows]
        with connection:
            connection.executemany(update, sealed)
        count += len(rows)
        rows = connection.execute(following, rows[-1][:split]).fetchall()
    return count


def _seal(payloads: Payloads, place: str, stored: tuple[Any, ...]) -> tuple[Any, ...]:
    match stored:
        case (value,):
            return (payloads.pack(payloads.unpack(value, place), place),)
        case _:
            return payloads.pack_encoded(payloads.unpack_encoded(Encoded(*stored), place), place)
