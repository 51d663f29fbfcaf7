"""Values that nobody changes and that cost little to make.

mypy takes them for frozen dataclasses and lets nobody assign their fields. At run time nothing stands guard: the guard
of a frozen dataclass makes one of nine fields eight times as dear, and a single step makes dozens of values.
"""

from typing import TYPE_CHECKING

__all__ = ["value"]

if TYPE_CHECKING:
    from dataclasses import dataclass as value
else:
    from dataclasses import dataclass

    def value(*, frozen: bool, slots: bool) -> object:
        """As `dataclass`, with equality and a hash by fields; `frozen` is for type checkers."""
        return dataclass(slots=slots, unsafe_hash=frozen)
