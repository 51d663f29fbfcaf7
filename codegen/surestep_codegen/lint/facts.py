"""What the lint knows of a module once it has been read: plain data, kept between runs by the hash of the file.

Names are dotted and absolute as far as one module can tell: `datetime.datetime.now`, `shop.pricing.quote`. What they
lead to, across modules, is decided in `program`. Facts are tuples, which are made quickly and stored as they are.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, NamedTuple

__all__ = [
    "RESULT",
    "WRAPPERS",
    "BodyUse",
    "ClassFacts",
    "Fault",
    "Form",
    "FunctionFacts",
    "ModuleFacts",
    "Place",
    "Silencer",
    "Unknown",
    "Use",
]

RESULT: Final = ".<result>"
"""After the name of a function: what calling it gives."""

WRAPPERS: Final = ".<wrappers>"
"""After the name of a decorator: the functions that it puts around what it decorates."""


_NOTHING: Final[Mapping[str, Any]] = {}


class Form(StrEnum):
    """How a name is used."""

    CALL = "call"
    READ = "read"  # a value such as `os.environ`
    AWAIT = "await"  # called, and the call is awaited
    GIVEN = "given"  # a function handed to somebody who may call it


class Place(NamedTuple):
    """A stretch of a file: lines 1-based, columns 0-based in characters, the end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class Use(NamedTuple):
    """A name that a function uses.

    Attributes:
        arguments: how many it is called with; None where that cannot be told, or it is not called.
    """

    name: str
    form: Form
    place: Place
    arguments: int | None = None


class Unknown(NamedTuple):
    """A call of which nothing is known, as written."""

    name: str
    place: Place


class Silencer(NamedTuple):
    """One code of a comment `# surestep: ignore[...]`.

    Attributes:
        reason: may be empty, which is a fault.
        is_judged: the lint understands all that its line does, so it may say that the comment is not needed.
    """

    code: str
    place: Place
    reason: str
    is_judged: bool = True


class BodyUse(NamedTuple):
    """A function handed to a step as its body, with the names of its arguments; empty for other expressions."""

    name: str
    place: Place
    arguments: tuple[str, ...]


class Fault(NamedTuple):
    """What a rule has found in the text of one function."""

    code: str
    kind: str
    message: str
    hint: str
    place: Place


class FunctionFacts(NamedTuple):
    """A function or method.

    Attributes:
        name: qualified within the module: `Price.at`, `handle.<locals>.body`.
        uses: in the order of the text; what is handed to a step as its body is not among them.
        unknown: calls of which nothing is known.
        bodies: what it hands to steps.
        faults: what the rules found in it, if it uses steps.
        mutates: positions of the parameters that it changes in place.
        returns: dotted name of its result's type, as annotated; empty where it is not.
        is_generator: it yields.
        makes_steps: it is a handler, or is given `step`.
        mark: the kind of effect that a decorator states, `pure` among them; empty where none does.
    """

    name: str
    place: Place
    uses: tuple[Use, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    bodies: tuple[BodyUse, ...] = ()
    faults: tuple[Fault, ...] = ()
    mutates: tuple[int, ...] = ()
    returns: str = ""
    is_generator: bool = False
    makes_steps: bool = False
    mark: str = ""


class ClassFacts(NamedTuple):
    """A class.

    Attributes:
        bases: dotted names.
        members: its functions' own names.
        attributes: what else its attributes stand for: other names, or the classes of what its instances hold.
    """

    name: str
    bases: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    attributes: Mapping[str, str] = _NOTHING


class ModuleFacts(NamedTuple):
    """A module.

    Attributes:
        names: what its global names stand for elsewhere: imports and aliases.
        instances: the classes of what its global variables hold.
        handlers: qualified names of the functions that are handlers.
        stars: modules of which it imports all names.
        silencers: its comments.
        problem: why it could not be read; it is empty then.
    """

    name: str
    file: str
    names: Mapping[str, str] = _NOTHING
    functions: Mapping[str, FunctionFacts] = _NOTHING
    classes: Mapping[str, ClassFacts] = _NOTHING
    handlers: tuple[str, ...] = ()
    instances: Mapping[str, str] = _NOTHING
    stars: tuple[str, ...] = ()
    silencers: tuple[Silencer, ...] = ()
    problem: Fault | None = None
