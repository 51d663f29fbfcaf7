"""Keeps the facts of modules between runs, in one file, by the hash of their content.

Facts of functions are decoded when somebody asks for them: most runs need few.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from typing_extensions import override

from surestep_codegen.lint.cache_file import load_cache, short_hash, write_cache
from surestep_codegen.lint.facts import (
    BodyUse,
    ClassFacts,
    Fault,
    Form,
    FunctionFacts,
    ModuleFacts,
    Place,
    Silencer,
    Unknown,
    Use,
)
from surestep_codegen.lint.handlers import HandlerSigns

__all__ = ["FactsStore"]

_FILE: Final = "facts.json"
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)
_FORMS: Final = {form.value: form for form in Form}


class FactsStore:
    """The facts of earlier runs and of this one.

    Args:
        root: the project's, which holds the folder of the cache; None keeps nothing.
    """

    def __init__(self, root: Path | None = None) -> None:
        self.root = root
        self._new: dict[str, str] = {}
        self.read_anew = 0

    @cached_property
    def _old(self) -> dict[str, str]:
        pairs = (line.partition("\t") for line in load_cache(self.root, _FILE).split("\n") if line)
        return {json.loads(file): rest for file, _, rest in pairs}

    def key_of(self, content: bytes, name: str, signs: HandlerSigns) -> str:
        """What a module's facts depend on."""
        return short_hash(content, repr((name, signs.package, sorted(signs.names))))

    def find(self, file: str, key: str) -> ModuleFacts | None:
        """The facts of a file, if they are known for this key."""
        line = self._old.get(file, "")
        if not line.startswith(f'["{key}"'):
            return None
        self._new[file] = line
        return _decode(json.loads(line)[1])

    def keep(self, file: str, key: str, facts: ModuleFacts) -> None:
        """Remember facts that were read just now."""
        self.read_anew += 1
        if self.root is not None:
            self._new[file] = _ENCODER.encode([key, facts])

    def save(self, *, is_whole: bool) -> None:
        """Write what is known; of files that this run has not seen only if it was not about the whole project."""
        lines = self._new if is_whole else {**self._old, **self._new}
        if self.root is not None and lines != self._old:
            write_cache(self.root, _FILE, "".join(f"{json.dumps(file)}\t{line}\n" for file, line in lines.items()))


@dataclass(slots=True)
class _Functions(Mapping[str, FunctionFacts]):
    """The functions of a module, decoded one by one."""

    encoded: dict[str, list[Any]]
    decoded: dict[str, FunctionFacts] = field(default_factory=dict)

    @override
    def __getitem__(self, name: str) -> FunctionFacts:
        if name not in self.decoded:
            self.decoded[name] = _decode_function(self.encoded[name])
        return self.decoded[name]

    @override
    def __contains__(self, name: object) -> bool:
        return name in self.encoded

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(self.encoded)

    @override
    def __len__(self) -> int:
        return len(self.encoded)


def _decode(encoded: list[Any]) -> ModuleFacts:
    name, file, names, functions, classes, handlers, instances, stars, silencers, problem = encoded
    return ModuleFacts(
        name,
        file,
        names,
        _Functions(functions),
        {one: ClassFacts(one, tuple(bases), tuple(members), held) for one, bases, members, held in classes.values()},
        tuple(handlers),
        instances,
        tuple(stars),
        tuple(Silencer(code, Place(*place), *others) for code, place, *others in silencers),
        None if problem is None else _decode_fault(problem),
    )


def _decode_function(encoded: list[Any]) -> FunctionFacts:
    name, place, uses, unknown, bodies, faults, mutates, *rest = encoded
    return FunctionFacts(
        name,
        Place(*place),
        tuple(Use(text, _FORMS[form], Place(*at), arguments) for text, form, at, arguments in uses),
        tuple(Unknown(text, Place(*at)) for text, at in unknown),
        tuple(BodyUse(text, Place(*at), tuple(arguments)) for text, at, arguments in bodies),
        tuple(_decode_fault(one) for one in faults),
        tuple(mutates),
        *rest,
    )


def _decode_fault(encoded: list[Any]) -> Fault:
    code, kind, message, hint, place = encoded
    return Fault(code, kind, message, hint, Place(*place))
