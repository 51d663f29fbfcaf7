"""Whether every value of one type is a value of another, and why not.

The answer "yes" can be relied on. "No" is said as well where two unions agree only in a way that is too costly to find.
A type that refers to itself ends: a pair of named types is compared once.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from surestep_codegen.breaking.bounds import (
    StricterBound,
    find_stricter_bounds,
    find_stricter_counts,
    is_kind_within,
)
from surestep_codegen.breaking.counterparts import Counterparts
from surestep_codegen.breaking.refusals import Refusal, RefusalKind
from surestep_codegen.breaking.sides import Alternative, At, Side, at_path
from surestep_codegen.breaking.spelling import ENTRIES, ITEMS, spell_bound, spell_type, spell_value
from surestep_dsl.accept import find_refusal
from surestep_dsl.datatypes import (
    Constraints,
    EnumOf,
    Field,
    JsonValue,
    ListOf,
    MapOf,
    Named,
    NoDefault,
    ObjectOf,
    Scalar,
    ScalarKind,
)
from surestep_dsl.model import Path

__all__ = ["Inclusion"]

_MAX_PROBES: Final = 3
"""Unions inside unions that are tried member by member; deeper ones are compared by name only."""
_Key: TypeAlias = tuple[str, str, Path]
_Site: TypeAlias = tuple[Path, Path, Path]
"""Where a pair is met: in the payload, in the given specs, in the wanted specs."""


@dataclass(slots=True)
class _Node:
    """What was found in one place, and the pairs of named types that it depends on.

    Attributes:
        is_inside: it is part of a pair whose names differ; pairs in it are known by their names alone.
    """

    is_inside: bool = False
    refusals: list[Refusal] = field(default_factory=list)
    pairs: dict[_Key, None] = field(default_factory=dict)

    def absorb(self, other: "_Node") -> None:
        self.refusals += other.refusals
        self.pairs |= other.pairs


class Inclusion:
    """Compares types of two contracts in one direction.

    Args:
        given: the contract whose values arrive.
        wanted: the contract that has to accept them.
        filled: defaults are filled in already, so a field with a default is there.
    """

    def __init__(self, given: Side, wanted: Side, *, filled: bool = False) -> None:
        self._given = given
        self._wanted = wanted
        self._filled = filled
        self._nodes: dict[_Key, _Node] = {}
        self._known: dict[_Key, tuple[Refusal, ...]] = {}
        self._sites: dict[_Key, _Site] = {}
        self._probes = 0

    def refusals(self, given: At, wanted: At, where: Path) -> tuple[Refusal, ...]:
        """Every reason why a value of `given` may be refused; none means that each is accepted."""
        node = _Node()
        self._compare(given, wanted, where, node)
        return (*node.refusals, *dict.fromkeys(found for key in node.pairs for found in self._refusals_of(key)))

    def _refusals_of(self, key: _Key) -> tuple[Refusal, ...]:
        """The same for a pair of named types; only asked where nothing is half compared."""
        if key not in self._known:
            self._known[key] = tuple(found for node in self._reached([key]) for found in node.refusals)
        return self._known[key]

    def _reached(self, start: Iterable[_Key]) -> Iterable[_Node]:
        """Pairs and all that they depend on, compared when they are first reached."""
        waiting, seen = list(reversed(list(start))), set[_Key]()
        while waiting:
            key = waiting.pop()
            if key not in seen:
                seen.add(key)
                node = self._nodes.get(key) or self._build(key)
                yield node
                waiting.extend(reversed(node.pairs))

    def _build(self, key: _Key) -> _Node:
        given, wanted, _ = key
        where, ours, theirs = self._sites[key]
        node = self._nodes[key] = _Node(is_inside=where != ("types", wanted))
        givens, wanteds = self._given.named(given, ours), self._wanted.named(wanted, theirs)
        if [one.name for one in givens] == [given] and [one.name for one in wanteds] == [wanted]:
            self._objects(givens[0], wanteds[0], where, node)
        else:
            self._alternatives(givens, wanteds, where, node)
        return node

    def _compare(self, given: At, wanted: At, where: Path, node: _Node) -> None:
        if isinstance(given.type, Named) and isinstance(wanted.type, Named):
            self._refer((given.type.name, given.path), (wanted.type.name, wanted.path), where, node)
        else:
            self._alternatives(self._given.alternatives(given), self._wanted.alternatives(wanted), where, node)

    def _refer(self, given: tuple[str, Path], wanted: tuple[str, Path], where: Path, node: _Node) -> None:
        """Depend on a pair of named types. Of a type that was only renamed, findings belong to the type."""
        (ours, given_path), (theirs, wanted_path) = given, wanted
        is_one_type = ours == theirs or ours not in self._wanted.types
        key = (ours, theirs, () if is_one_type or node.is_inside else where)
        node.pairs[key] = None
        site = (
            (("types", theirs), ("types", ours), ("types", theirs)) if is_one_type else (where, given_path, wanted_path)
        )
        self._sites.setdefault(key, site)

    def _alternatives(self, given: list[Alternative], wanted: list[Alternative], where: Path, node: _Node) -> None:
        if len(given) == len(wanted) == 1:
            self._plain(given[0], wanted[0], where, node)
            return
        counterparts = Counterparts(given, wanted)
        for one in given:
            self._member(one, wanted, counterparts, where, node)

    def _member(
        self, one: Alternative, wanted: list[Alternative], counterparts: Counterparts, where: Path, node: _Node
    ) -> None:
        """One member of a union: some member of the other has to accept all its values."""
        if any(isinstance(other.type, Scalar) and other.type.kind is ScalarKind.JSON for other in wanted):
            return
        if isinstance(one.type, EnumOf):
            self._values(one, wanted, where, node)
            return
        namesake = next(
            (at for at, other in enumerate(wanted) if one.name is not None and other.name == one.name), None
        )
        same = counterparts.by_tag(one) if namesake is None else namesake
        if same is not None:
            self._plain(one, wanted[same], where, node)
            return
        trials = []
        for other in wanted:
            trials.append(_Node(node.is_inside))
            self._plain(one, other, where, trials[-1])
            if self._holds(trials[-1]):
                node.absorb(trials[-1])
                return
        like = counterparts.by_kind(one)
        if like is not None:
            node.absorb(trials[like])
            return
        text = one.name or spell_type(one.type)
        node.refusals.append(Refusal(RefusalKind.MEMBER, where, one.path, wanted[0].path, text))

    def _holds(self, node: _Node) -> bool:
        """Whether nothing is refused, as far as it is known; what is being compared right now counts as fine."""
        if self._probes >= _MAX_PROBES:
            return not node.pairs and not _blocks(node)
        self._probes += 1
        try:
            return not _blocks(node) and not any(_blocks(inner) for inner in self._reached(node.pairs))
        finally:
            self._probes -= 1

    def _plain(self, given: Alternative, wanted: Alternative, where: Path, node: _Node) -> None:
        match given.type, wanted.type:
            case _, Scalar(ScalarKind.JSON):
                pass
            case ObjectOf(), ObjectOf():
                if given.name is not None and wanted.name is not None:
                    self._refer((given.name, given.path), (wanted.name, wanted.path), where, node)
                else:
                    self._objects(given, wanted, where, node)
            case ObjectOf(fields), MapOf(values, limits):
                for one in fields:
                    entry = at_path(one.type, (*given.inner, one.name))
                    self._compare(entry, at_path(values, wanted.inner), (*where, one.name), node)
                required = sum(not one.optional for one in fields)
                sizes = Constraints(min_items=required, max_items=len(fields))
                self._bounds(find_stricter_counts(sizes, limits), given, wanted, where, node)
            case (ListOf(ours, limits), ListOf(theirs, bounds)) | (MapOf(ours, limits), MapOf(theirs, bounds)):
                inside = (*where, ITEMS if isinstance(given.type, ListOf) else ENTRIES)
                self._bounds(find_stricter_counts(limits, bounds), given, wanted, where, node)
                self._compare(at_path(ours, given.inner), at_path(theirs, wanted.inner), inside, node)
            case EnumOf(), _:
                self._values(given, [wanted], where, node)
            case Scalar(ours), Scalar(theirs) if is_kind_within(ours, theirs):
                self._bounds(find_stricter_bounds(given.type, wanted.type), given, wanted, where, node)
            case _:
                node.refusals.append(_other_type(given, wanted, where))

    def _values(self, given: Alternative, wanted: list[Alternative], where: Path, node: _Node) -> None:
        """The values of an enum, one by one."""
        values: tuple[JsonValue, ...] = given.type.values if isinstance(given.type, EnumOf) else ()
        known = {value for one in wanted if isinstance(one.type, EnumOf) for value in one.type.values}
        others = [one.type for one in wanted if not isinstance(one.type, EnumOf)]
        refused = [
            value
            for value in values
            if value not in known and all(find_refusal(value, other, self._wanted.types) for other in others)
        ]
        if refused and not known and len(refused) == len(values):
            node.refusals.append(_other_type(given, wanted[0], where))
            return
        for value in refused:
            text = spell_value(value)
            node.refusals.append(Refusal(RefusalKind.VALUE, where, given.path, wanted[0].path, text))

    def _bounds(
        self, stricter: Iterable[StricterBound], given: Alternative, wanted: Alternative, where: Path, node: _Node
    ) -> None:
        for name, ours, theirs in stricter:
            texts = spell_bound(ours), spell_bound(theirs)
            node.refusals.append(Refusal(RefusalKind.BOUND, where, given.path, wanted.path, name, *texts))

    def _objects(self, given: Alternative, wanted: Alternative, where: Path, node: _Node) -> None:
        known = {one.name: one for one in _fields(wanted)}
        for ours in _fields(given):
            inside, path = (*where, ours.name), (*given.inner, ours.name)
            theirs = known.pop(ours.name, None)
            if theirs is None:
                node.refusals.append(Refusal(RefusalKind.FIELD_UNKNOWN, inside, path, wanted.path, ours.name))
                continue
            other = (*wanted.inner, ours.name)
            if self._is_there(theirs) and not self._is_there(ours):
                node.refusals.append(Refusal(RefusalKind.FIELD_OPTIONAL, inside, path, other, ours.name))
            elif not isinstance(ours.default, NoDefault) and ours.default != theirs.default:
                texts = _default_text(ours), _default_text(theirs)
                node.refusals.append(Refusal(RefusalKind.DEFAULT, inside, path, other, ours.name, *texts))
            self._compare(at_path(ours.type, path), at_path(theirs.type, other), inside, node)
        for theirs in known.values():
            if self._is_there(theirs):
                inside, path = (*where, theirs.name), (*wanted.inner, theirs.name)
                node.refusals.append(Refusal(RefusalKind.FIELD_MISSING, inside, given.path, path, theirs.name))

    def _is_there(self, one: Field) -> bool:
        """Whether a field is always there."""
        return not one.optional or (self._filled and not isinstance(one.default, NoDefault))


def _fields(one: Alternative) -> tuple[Field, ...]:
    return one.type.fields if isinstance(one.type, ObjectOf) else ()


def _default_text(one: Field) -> str:
    return "" if isinstance(one.default, NoDefault) else spell_value(one.default)


def _blocks(node: _Node) -> bool:
    return any(found.kind is not RefusalKind.DEFAULT for found in node.refusals)


def _other_type(given: Alternative, wanted: Alternative, where: Path) -> Refusal:
    texts = given.name or spell_type(given.type), wanted.name or spell_type(wanted.type)
    return Refusal(RefusalKind.TYPE, where, given.path, wanted.path, "", *texts)
