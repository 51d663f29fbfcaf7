"""Parses type expressions: `list[Item]`, `string?`, `enum[a, b] | integer`.

    type    := postfix ("|" postfix)*
    postfix := atom "?"?
    atom    := scalar | Name | "list[" type "]" | "map[" type "]" | "enum[" literal ("," literal)* "]" | "(" type ")"

Unions come out flat and without null: `string | null` is `string?`.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NoReturn

from surestep_dsl.datatypes import DataType, EnumOf, ListOf, MapOf, Named, Nullable, Scalar, ScalarKind, UnionOf
from surestep_dsl.limits import MAX_TYPE_CHARACTERS, MAX_TYPE_NESTING
from surestep_dsl.nearest import did_you_mean
from surestep_dsl.nodes import ScalarNode
from surestep_dsl.parse.reader import Findings, UseKind

__all__ = ["BROKEN_TYPE", "make_enum", "parse_literal", "parse_type_expression"]

BROKEN_TYPE: Final = Scalar(ScalarKind.JSON)
"""Stands for a type that could not be read: it accepts everything, so it causes no second finding."""

_SCALARS: Final[Mapping[str, Scalar]] = {kind.value: Scalar(kind) for kind in ScalarKind}
_TOKEN: Final = re.compile(
    r"""\s*(?P<token>
        (?P<word>[A-Za-z_][A-Za-z0-9_.-]*)
      | (?P<number>-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)
      | (?P<text>"(?:[^"\\]|\\.)*")
      | (?P<sign>[\[\]()|?,])
      | (?P<other>\S)
    )""",
    re.VERBOSE,
)
_TYPE_NAME: Final = re.compile(r"[A-Z][A-Za-z0-9]*")
_SYNONYMS: Final = {
    "str": "string", "text": "string", "int": "integer", "long": "integer", "float": "number", "double": "number",
    "bool": "boolean", "any": "json", "object": "json", "timestamp": "datetime", "uri": "url", "binary": "bytes",
    "array": "list[...]", "dict": "map[...]", "none": "null", "money": "decimal",
}  # fmt: skip


class _NotATypeError(Exception):
    """The expression cannot be read on."""

    def __init__(self, message: str, start: int, end: int, hint: str | None, code: str) -> None:
        super().__init__(message)
        self.start, self.end, self.hint, self.code = start, end, hint, code


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int


def parse_type_expression(scalar: ScalarNode, findings: Findings) -> DataType:
    """The type a scalar spells; `BROKEN_TYPE` where it spells none (with a finding)."""
    if len(scalar.text) > MAX_TYPE_CHARACTERS:
        hint = "give its parts names under `types`"
        findings.add("T101", f"a type has at most {MAX_TYPE_CHARACTERS:,} characters", scalar.span, hint)
        return BROKEN_TYPE
    if scalar.text in _SCALARS:
        return _SCALARS[scalar.text]
    parser = _Parser(scalar, findings)
    try:
        data_type = parser.union(0)
        parser.expect_end()
    except _NotATypeError as error:
        span = scalar.span_at(error.start, error.end) if scalar.text else scalar.span
        findings.add(error.code, str(error), span, error.hint)
        return BROKEN_TYPE
    return data_type


def parse_literal(text: str) -> str | int | float | None:
    """An enum's literal: a word, a number or a JSON string; None where `text` is none of these."""
    tokens = _tokenize(text)
    return _literal(tokens[0]) if len(tokens) == 1 else None


def _tokenize(text: str) -> list[_Token]:
    return [
        _Token(kind, match["token"], match.start("token"), match.end("token"))
        for match in _TOKEN.finditer(text)
        for kind in ("word", "number", "text", "sign", "other")
        if match[kind] is not None
    ]


def _literal(token: _Token) -> str | int | float | None:
    if token.kind == "word":
        return token.text
    if token.kind == "number":
        return int(token.text) if token.text.lstrip("-").isdigit() else float(token.text)
    if token.kind == "text":
        try:
            return str(json.loads(token.text))
        except ValueError:
            return None
    return None


def make_enum(values: list[str | int | float]) -> EnumOf | str:
    """An enum of these values, or what is wrong with them."""
    if not values:
        return "an enum needs at least one value"
    seen: set[str | int | float] = set()
    for value in values:
        if value in seen:
            return f"the enum has the value {json.dumps(value)} twice"
        seen.add(value)
    texts = tuple(value for value in values if isinstance(value, str))
    integers = tuple(value for value in values if isinstance(value, int))
    numbers = tuple(float(value) for value in values if not isinstance(value, str))
    for kind in (texts, integers, numbers):
        if len(kind) == len(values):
            return EnumOf(kind)
    return "the values of an enum must be all texts or all numbers"


class _Parser:
    def __init__(self, scalar: ScalarNode, findings: Findings) -> None:
        self.scalar = scalar
        self.findings = findings
        end = len(scalar.text)
        self.tokens = [*_tokenize(scalar.text), _Token("end", "", end, end)]
        self.at = 0

    @property
    def token(self) -> _Token:
        return self.tokens[self.at]

    def take(self, sign: str) -> bool:
        if self.token.kind == "sign" and self.token.text == sign:
            self.at += 1
            return True
        return False

    def fail(self, message: str, hint: str | None = None, code: str = "T101", token: _Token | None = None) -> NoReturn:
        where = token or self.token
        raise _NotATypeError(message, where.start, where.end, hint, code)

    def expect(self, sign: str) -> None:
        if not self.take(sign):
            found = f"`{self.token.text}`" if self.token.text else "the end"
            self.fail(f"`{sign}` is missing in the type before {found}")

    def expect_end(self) -> None:
        if self.token.kind != "end":
            self.fail(f"the type is complete before `{self.token.text}`", "unions are written with |, lists as list[T]")

    def union(self, depth: int) -> DataType:
        first = self.token
        members = [self.postfix(depth)]
        while self.take("|"):
            members.append(self.postfix(depth))
        return self.flat(members, first) if len(members) > 1 else members[0]

    def flat(self, members: list[DataType], first: _Token) -> DataType:
        """One union without nesting; null moves outwards."""
        parts: list[DataType] = []
        null = False
        for member in members:
            inner = member.of if isinstance(member, Nullable) else member
            null = null or inner is not member
            parts.extend(inner.members if isinstance(inner, UnionOf) else [inner])
        others = [part for part in parts if part != Scalar(ScalarKind.NULL)]
        if len(set(others)) < len(others):
            self.fail("a member stands twice in this union", None, "T115", first)
        if len(others) < len(parts):
            null = True
        union = UnionOf(tuple(others)) if len(others) > 1 else (others or [Scalar(ScalarKind.NULL)])[0]
        return _nullable(union) if null else union

    def postfix(self, depth: int) -> DataType:
        atom = self.atom(depth)
        return _nullable(atom) if self.take("?") else atom

    def atom(self, depth: int) -> DataType:
        if depth > MAX_TYPE_NESTING:
            self.fail(f"a type may be nested {MAX_TYPE_NESTING} deep")
        if self.take("("):
            inner = self.union(depth + 1)
            self.expect(")")
            return inner
        token = self.token
        if token.kind != "word":
            found = f"not `{token.text}`" if token.text else "but nothing is there"
            self.fail(
                f"a type is expected here, {found}", "for instance string, integer, list[string] or a declared type"
            )
        self.at += 1
        if token.text in ("list", "map", "enum"):
            return self.generic(token, depth)
        if token.text in _SCALARS:
            return _SCALARS[token.text]
        if not _TYPE_NAME.fullmatch(token.text):
            self.unknown(token)
        self.findings.use(UseKind.TYPE, token.text, self.scalar, token.start)
        return Named(token.text)

    def generic(self, token: _Token, depth: int) -> DataType:
        if not self.take("["):
            example = "enum[a, b]" if token.text == "enum" else f"{token.text}[string]"
            self.fail(f"`{token.text}` needs its contents in brackets", f"write {example}", token=token)
        if token.text == "enum":
            return self.enum(token)
        inner = self.union(depth + 1)
        self.expect("]")
        return ListOf(inner) if token.text == "list" else MapOf(inner)

    def enum(self, enum_token: _Token) -> EnumOf:
        values: list[str | int | float] = []
        while not self.take("]"):
            if values:
                self.expect(",")
            value = _literal(self.token)
            if value is None:
                self.fail("a value of the enum is expected here", "a word, a number or a text in double quotes")
            values.append(value)
            self.at += 1
        enum = make_enum(values)
        if isinstance(enum, str):
            self.fail(enum, None, "T107", enum_token)
        return enum

    def unknown(self, token: _Token) -> NoReturn:
        synonym = _SYNONYMS.get(token.text.lower())
        known = [*ScalarKind, "list", "map", "enum"]
        hint = f"did you mean `{synonym}`?" if synonym else did_you_mean(token.text, known)
        hint = hint or f"types are {', '.join(known)} and names declared under `types`"
        self.fail(f"there is no type `{token.text}`", hint, "T102", token)


def _nullable(data_type: DataType) -> DataType:
    if isinstance(data_type, Nullable) or data_type in (BROKEN_TYPE, Scalar(ScalarKind.NULL)):
        return data_type
    return Nullable(data_type)
