"""Finds SQL by name. A `.sql` file is a list of statements, each below its name and a line that says what it does.

-- add_run
-- Create a run.
INSERT INTO runs ...;
"""

import re
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Final

__all__ = ["READS", "WRITES", "load_migrations", "parse_statements"]

_HEADER = re.compile(r"^-- (?P<name>[a-z_]+)\n-- .+\n", re.MULTILINE)


def parse_statements(text: str) -> Mapping[str, str]:
    """The statements of a `.sql` file by name.

    Raises:
        ValueError: a statement has no header, or a name is used twice.
    """
    first, *parts = _HEADER.split(text)
    names, bodies = parts[::2], [body.strip() for body in parts[1::2]]
    if first.strip() or len(set(names)) < len(names) or any(body.count(";") != 1 for body in bodies):
        raise ValueError("every statement needs a name of its own, a line of description and one semicolon at its end")
    return MappingProxyType(dict(zip(names, bodies, strict=True)))


def load_migrations() -> tuple[str, ...]:
    """The scripts that lead from one schema version to the next; the first one makes version 1."""
    scripts = sorted(files(__package__).joinpath("migrations").iterdir(), key=lambda script: script.name)
    return tuple(script.read_text(encoding="utf-8") for script in scripts if script.name.endswith(".sql"))


READS: Final = parse_statements(files(__package__).joinpath("reads.sql").read_text(encoding="utf-8"))
WRITES: Final = parse_statements(files(__package__).joinpath("writes.sql").read_text(encoding="utf-8"))
