"""When two events agree at a path: `match: data.orderId`, decided by comparing texts so that an index can do it.

Decides what counts as equal. Does not decide which waiters are asked, or what an expression says.
"""

import json
from collections.abc import Mapping
from math import isfinite

__all__ = ["canonical_scalar", "match_value_at"]

_PREFIX = "data."


def match_value_at(data: Mapping[str, object], path: str) -> str | None:
    """The canonical JSON of the scalar at `path`; None where there is none, and None never matches.

    Args:
        data: an event's data, decoded.
        path: `data.` and the names of fields, for example `data.order.id`.
    """
    if not path.startswith(_PREFIX):
        return None
    found: object = data
    for name in path.removeprefix(_PREFIX).split("."):
        if not isinstance(found, Mapping) or name not in found:
            return None
        found = found[name]
    return canonical_scalar(found)


def canonical_scalar(value: object) -> str | None:
    """One text per JSON scalar: `1` and `1.0` are both `1`, `"1"` stays quoted, null equals null.

    None for objects, arrays and numbers that JSON does not have (infinities, not-a-number).
    """
    match value:
        case None | bool() | int() | str():
            return json.dumps(value)
        case float() if isfinite(value):
            return json.dumps(int(value)) if value.is_integer() else json.dumps(value)
        case _:
            return None
