"""Types of all nodes of one expression against one combination of events.

Reports what is wrong there. What it means that only some combinations have a field is decided by `check`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from surestep_dsl.expr.binary_types import ARITHMETIC, binary_problems, binary_type, compared_pairs, impossible_value
from surestep_dsl.expr.call_types import arguments_of, call_problem, constant_problem, result_of
from surestep_dsl.expr.compile import is_constant
from surestep_dsl.expr.facts import NO_FACTS, Facts, Path, both, facts_when, path_of, without_root
from surestep_dsl.expr.findings import Findings
from surestep_dsl.expr.functions import FUNCTIONS
from surestep_dsl.expr.path_types import contradicts, item_type, look_up, refine
from surestep_dsl.expr.problems import Problem, find
from surestep_dsl.expr.scope import Scope
from surestep_dsl.expr.static_types import ANY, ListShape, MapShape, ObjectShape, Type, basic, join_types
from surestep_dsl.expr.syntax import (
    Binary,
    Call,
    Conditional,
    Has,
    Index,
    ListLiteral,
    Literal,
    Logical,
    Loop,
    LoopKind,
    MapLiteral,
    Name,
    Node,
    Select,
    Unary,
)
from surestep_dsl.expr.values import Kind
from surestep_dsl.nearest import did_you_mean

__all__ = ["Checker"]

_BOOLEAN: Final = basic(Kind.BOOL)
_LITERALS: Final = {bool: Kind.BOOL, int: Kind.INT, float: Kind.DOUBLE, str: Kind.STRING, type(None): Kind.NULL}


@dataclass(frozen=True, slots=True)
class _Context:
    """What is known at a node: the facts from tests before it, the loop variables, whether it is ever reached."""

    facts: Facts = field(default_factory=dict)
    variables: Mapping[str, Type] = field(default_factory=dict)
    reached: bool = True


class Checker:
    """Walks over one tree; `findings` holds what it found."""

    def __init__(self, text: str, scope: Scope, *, refuse_sensitive: bool) -> None:
        self.findings = Findings()
        self._text = text
        self._types = scope.types
        self._refuse_sensitive = refuse_sensitive
        self._roots = {"event": scope.event.type} | ({"async": scope.other.type} if scope.other else {})

    def check(self, root: Node) -> Type:
        """The type of a whole expression."""
        return self._check(root, _Context())

    def _report(self, context: _Context, problem: Problem) -> None:
        if context.reached:
            self.findings.problems.append(problem)

    def _find(self, context: _Context, code: str, message: str, node: Node, hint: str | None = None) -> Type:
        self._report(context, find(code, message, node.start, node.end, hint))
        return ANY

    def _source(self, node: Node) -> str:
        return self._text[node.start : node.end]

    def _check(self, node: Node, context: _Context) -> Type:
        before = len(self.findings.problems)
        of = self._dispatch(node, context)
        computed = isinstance(node, Call | Unary | Index) or (isinstance(node, Binary) and node.operator in ARITHMETIC)
        if computed and len(self.findings.problems) == before and is_constant(node):
            problem = constant_problem(node)
            if problem is not None:
                self._report(context, problem)
                return ANY
        return of

    def _dispatch(self, node: Node, context: _Context) -> Type:
        match node:
            case Literal(value=value):
                return basic(_LITERALS[type(value)])
            case Name():
                return self._name(node, context)
            case Select(of=of, field=name):
                return self._field(node, of, name, context)
            case Index():
                return self._index(node, context)
            case Has(path=path):
                self._field(path, path.of, path.field, context, tested=True)
                return _BOOLEAN
            case Unary():
                return self._unary(node, context)
            case Binary():
                return self._binary(node, context)
            case Logical():
                return self._logical(node, context)
            case Conditional(test=test, then=then, otherwise=otherwise):
                self._boolean(test, "`? :`", context)
                branches = ((then, True), (otherwise, False))
                return join_types(self._check(branch, self._after(context, test, when)) for branch, when in branches)
            case ListLiteral(items=items):
                return Type((ListShape(join_types(self._check(item, context) for item in items)),))
            case MapLiteral(entries=entries):
                return self._map(entries, context)
            case Call():
                return self._call(node, context)
            case Loop():
                return self._loop(node, context)

    def _name(self, node: Name, context: _Context) -> Type:
        known = {**self._roots, **context.variables}
        if node.name in known:
            return refine(known[node.name], (node.name,), context.facts, self._types)
        if node.name == "async":
            return self._find(context, "E206", "there is no second event here", node, "write `event`")
        data = look_up(refine(self._roots["event"], None, {}, self._types), "data").type
        fields = look_up(refine(data or ANY, None, {}, self._types), "").names
        hint = f"write `event.data.{node.name}`" if node.name in fields else None
        if node.name in ("data", "name", "id", "ts", "v"):
            hint = f"write `event.{node.name}`"
        hint = hint or did_you_mean(node.name, (*known, "true", "false", "null"))
        return self._find(context, "E201", f"there is no `{node.name}`", node, hint)

    def _field(self, node: Select | Index, of: Node, name: str, context: _Context, *, tested: bool = False) -> Type:
        whole = self._check(of, context)
        found = look_up(whole, name)
        if found.type is None:
            self._no_field(node, of, name, whole, found.names, context, tested=tested)
            return ANY
        if context.reached:
            self.findings.sound.add((node.start, node.end))
        shown = f"`{self._source(of)}.{name}`"
        if found.lacking and not tested:
            hint = f"test the field that tells them apart, or `has({self._source(node)})`"
            self._find(context, "E403", f"{shown} exists only on some members of a union", node, hint)
        if any(declared.deprecated for declared in found.fields):
            self._find(context, "E404", f"{shown} is deprecated", node)
        if self._refuse_sensitive and not tested and any(declared.sensitive for declared in found.fields):
            self._find(context, "E309", f"{shown} is sensitive, and keys and matches are stored in plain text", node)
        return refine(found.type, path_of(node), context.facts, self._types)

    def _no_field(
        self, node: Node, of: Node, name: str, whole: Type, names: tuple[str, ...], context: _Context, *, tested: bool
    ) -> None:
        if Kind.MAP in whole.kinds:
            start = node.end - len(name) if isinstance(node, Select) else node.start
            message = f"`{self._source(of)}` has no field `{name}`"
            problem = find("E202", message, start, node.end, did_you_mean(name, names))
            if context.reached:
                (self.findings.tested if tested else self.findings.missing)[node.start, node.end] = problem
            return
        hint = f"write `{self._source(of)}.size()`" if name in ("length", "size") else None
        self._find(context, "E305", f"`{self._source(of)}` has no fields; it is {whole}", node, hint)

    def _index(self, node: Index, context: _Context) -> Type:
        if isinstance(node.key, Literal) and isinstance(node.key.value, str):
            return self._field(node, node.of, node.key.value, context)
        whole, key = self._check(node.of, context), self._operand(node.key, context)
        if Kind.DYN in whole.kinds:
            return ANY
        wanted = {Kind.INT, Kind.DOUBLE} if Kind.LIST in whole.kinds else set()
        wanted |= {Kind.STRING, Kind.INT, Kind.DOUBLE} if Kind.MAP in whole.kinds else set()
        if not wanted:
            return self._find(context, "E305", f"`{self._source(node.of)}` has no items; it is {whole}", node)
        if not key.kinds & (wanted | {Kind.DYN}):
            self._find(context, "E302", f"{key} cannot be an index here", node.key)
        maps = (shape.values for shape in whole.shapes if isinstance(shape, MapShape))
        inside = ANY if any(isinstance(s, ObjectShape) for s in whole.shapes) else join_types((item_type(whole), *maps))
        absent = whole.absent or Kind.NULL in whole.kinds or Kind.MAP in whole.kinds
        return refine(replace(inside, absent=absent), path_of(node), context.facts, self._types)

    def _operand(self, node: Node, context: _Context) -> Type:
        """The type of a node where a value is needed: what may be absent or null is reported."""
        of = self._check(node, context)
        nullable = Kind.NULL in of.kinds and len(of.kinds) > 1
        if of.absent or nullable:
            source = self._source(node)
            test = f"has({source})" if isinstance(node, Select) and not nullable else f"{source} != null"
            message = f"`{source}` may be {'null' if nullable else 'absent'}, and then this part is an error"
            self._find(context, "E402", message, node, f"write `{test} && ...`" if path_of(node) else None)
        return of.without_null() if nullable else of

    def _boolean(self, node: Node, where: str, context: _Context) -> None:
        of = self._check(node, context)
        if not of.kinds & {Kind.BOOL, Kind.DYN}:
            hint = "compare it with something" if path_of(node) else None
            self._find(context, "E301", f"{where} takes a boolean, not {of}", node, hint)

    def _unary(self, node: Unary, context: _Context) -> Type:
        if node.operator == "!":
            self._boolean(node.operand, "`!`", context)
            return _BOOLEAN
        of = self._operand(node.operand, context)
        if not of.kinds & {Kind.INT, Kind.DOUBLE, Kind.DYN}:
            return self._find(context, "E301", f"`-` takes a number, not {of}", node.operand)
        return of

    def _binary(self, node: Binary, context: _Context) -> Type:
        key = node.left.value if isinstance(node.left, Literal) else None
        if node.operator == "in" and isinstance(key, str) and path_of(node.right) is not None:
            whole = self._check(node.right, replace(context, reached=False))
            if whole.kinds == {Kind.MAP}:
                asked = Index(node.right, node.left, node.start, node.end)
                self._field(asked, node.right, key, context, tested=True)
                return _BOOLEAN
        look = self._check if node.operator in ("==", "!=", "in") else self._operand
        right = look(node.right, context)
        of_keys = node.operator == "in" and right.kinds == {Kind.MAP}  # null may be in a list, but it is no key
        left = (self._operand if of_keys else look)(node.left, context)
        for problem in binary_problems(node, left, right):
            self._report(context, problem)
        if context.reached:
            for one, other in compared_pairs(node):
                self._compared(one, other, context, node)
        return binary_type(node, left, right)

    def _compared(self, one: Node, other: Node, context: _Context, node: Binary) -> None:
        """Null and enum values that never occur: only paths and literals tell, and they are cheap to look at again."""
        if path_of(one) is None or (path_of(other) is None and not isinstance(other, Literal)):
            return
        quiet = replace(context, reached=False)
        if isinstance(other, Literal) and other.value is None and node.operator != "in":
            declared = self._check(one, replace(quiet, facts=NO_FACTS))
            if not declared.absent and not declared.kinds & {Kind.NULL, Kind.DYN}:
                self._find(context, "E401", f"`{self._source(one)}` is never null", node)
            return
        problem = impossible_value(self._check(one, quiet), other, self._check(other, quiet))
        if problem is None:
            self.findings.possible.add((other.start, other.end))
        else:
            self.findings.impossible[problem.start, problem.end] = problem

    def _logical(self, node: Logical, context: _Context) -> Type:
        for at, operand in enumerate(node.operands):
            context = self._after(context, node.operands[at - 1], node.operator == "&&") if at else context
            self._boolean(operand, f"`{node.operator}`", context)
        return _BOOLEAN

    def _after(self, context: _Context, test: Node, outcome: bool) -> _Context:  # noqa: FBT001 - of the test
        learnt = facts_when(test, outcome)
        if not learnt:
            return context
        facts = both(context.facts, learnt)
        possible = all(self._possible(path, facts, context) for path in learnt)
        return replace(context, facts=facts, reached=context.reached and possible)

    def _possible(self, path: Path, facts: Facts, context: _Context) -> bool:
        known = {**self._roots, **context.variables}
        of: Type | None = refine(known.get(str(path[0]), ANY), path[:1], context.facts, self._types)
        for length, name in enumerate(path[1:], start=2):
            if of is None or Kind.DYN in of.kinds:
                return True
            of = item_type(of) if isinstance(name, int) else look_up(of, name).type
            if of is not None:
                of = refine(of, path[:length], context.facts, self._types)
        return not contradicts(of, facts[path])

    def _map(self, entries: tuple[tuple[Node, Node], ...], context: _Context) -> Type:
        for key, _ in entries:
            of = self._operand(key, context)
            if not of.kinds & {Kind.STRING, Kind.INT, Kind.DYN}:
                self._find(context, "E301", f"a key is a text or a whole number, not {of}", key)
        return Type((MapShape(join_types(self._check(item, context) for _, item in entries)),))

    def _call(self, node: Call, context: _Context) -> Type:
        types = tuple(self._operand(argument, context) for argument in arguments_of(node))
        problem = call_problem(node, types)
        if problem is not None:
            self._report(context, problem)
        return result_of(FUNCTIONS[node.function]) if node.function in FUNCTIONS else ANY

    def _loop(self, node: Loop, context: _Context) -> Type:
        over = self._operand(node.over, context)
        if not over.kinds & {Kind.LIST, Kind.MAP, Kind.DYN}:
            message = f"`{node.kind}` walks over a list or the keys of an object, not over {over}"
            self._find(context, "E301", message, node.over)
        keys = (basic(Kind.STRING),) if Kind.MAP in over.kinds else ()
        item = join_types((item_type(over), *keys)) if over.kinds & {Kind.LIST, Kind.MAP} else ANY
        variables = {**context.variables, node.variable: item if item.shapes else ANY}
        inside = replace(context, facts=without_root(context.facts, node.variable), variables=variables)
        if node.only_if is not None:
            self._boolean(node.only_if, f"`{node.kind}`", inside)
            inside = self._after(inside, node.only_if, outcome=True)
        if node.kind is LoopKind.MAP:
            return Type((ListShape(self._check(node.body, inside)),))
        self._boolean(node.body, f"`{node.kind}`", inside)
        return Type((ListShape(item),)) if node.kind is LoopKind.FILTER else _BOOLEAN
