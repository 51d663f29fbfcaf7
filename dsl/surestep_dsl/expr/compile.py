"""From a tree to nested closures: what can be decided once is decided here, not at every evaluation.

Total: a tree with unknown names or functions compiles too, and gives an error value where it meets them.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

from surestep_dsl.expr.closures_logic import (
    choose,
    compare,
    compare_number,
    equals,
    equals_in_item,
    equals_literal,
    logical,
    negated,
    order_in_item,
)
from surestep_dsl.expr.closures_loops import condition_of, filter_by_order, items_of, loop, value_of
from surestep_dsl.expr.closures_paths import has_field, read_fields, read_index, read_item, read_slot, read_slot_fields
from surestep_dsl.expr.frame import ASYNC, EVENT, FIRST_VARIABLE, NOW_MS, Code, Frame, Turn, charge
from surestep_dsl.expr.functions import FUNCTIONS, Function, Style
from surestep_dsl.expr.operators import ARITHMETIC, contains, negate
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
    children,
    count_nodes,
)
from surestep_dsl.expr.values import NUMBERS, EvaluationError, Int, classes_of, kind_of
from surestep_dsl.limits import CHARACTERS_PER_EVALUATION_STEP, MAX_EVALUATION_STEPS

__all__ = ["compile_node", "function_of", "is_constant"]

_ROOTS: Final = {"event": EVENT, "async": ASYNC}


def compile_node(root: Node) -> Code:
    """The closure of a whole expression. Its frame needs a slot for each level of loops in `root`."""
    return _Compiler().compile(root, _ROOTS)


def is_constant(node: Node) -> bool:
    """Whether a node has the same value in every evaluation."""
    match node:
        case Name() | Loop() | Has():
            return False
        case Call(function=name) if name not in FUNCTIONS or FUNCTIONS[name].reads_clock:
            return False
        case _:
            return all(is_constant(child) for child in children(node))


def function_of(call: Call) -> Function | None:
    """The row of the table that a call means, None where it is called wrongly or unknown."""
    function = FUNCTIONS.get(call.function)
    if function is None or function.style == (Style.METHOD if call.target is None else Style.FREE):
        return None
    count = len(call.arguments) + (call.target is not None)
    return function if function.required <= count <= len(function.parameters) else None


class _Compiler:
    """Walks the tree; `slots` says where each name in sight lives in the frame."""

    def compile(self, node: Node, slots: dict[str, int], *, lenient: bool = False) -> Code:
        """`lenient`: the node is an operand of `==` or `!=`, where what is missing is null."""
        code = self._compile(node, slots, lenient=lenient)
        if isinstance(node, Literal) or not is_constant(node):
            return code
        try:
            return _constant(code([None, None, 0, MAX_EVALUATION_STEPS]))
        except EvaluationError:
            return code

    def _compile(self, node: Node, slots: dict[str, int], *, lenient: bool) -> Code:
        match node:
            case Literal(value=value):
                return _constant(Int(value) if type(value) is int else value)
            case Name(name=name):
                return read_slot(slots[name]) if name in slots else _failing(f"there is no `{name}`")
            case Select() | Index():
                return self._path(node, slots, lenient=lenient)
            case Has(path=path):
                return has_field(self.compile(path.of, slots, lenient=True), path.field)
            case Unary(operator=operator, operand=operand):
                inner = self.compile(operand, slots)
                return negated(inner) if operator == "!" else lambda frame: negate(inner(frame))
            case Binary():
                return self._binary(node, slots)
            case Logical(operator=operator, operands=operands):
                codes = tuple(self.compile(operand, slots) for operand in operands)
                return logical(codes, decisive=operator == "||")
            case Conditional(test=test, then=then, otherwise=otherwise):
                branches = (self.compile(branch, slots, lenient=lenient) for branch in (then, otherwise))
                return choose(self.compile(test, slots), *branches)
            case ListLiteral(items=items):
                codes = tuple(self.compile(item, slots) for item in items)
                return lambda frame: [code(frame) for code in codes]
            case MapLiteral(entries=entries):
                pairs = tuple((self.compile(key, slots), self.compile(item, slots)) for key, item in entries)
                return lambda frame: _map_of((key(frame), item(frame)) for key, item in pairs)
            case Call():
                return self._call(node, slots)
            case Loop():
                return self._loop(node, slots)

    def _path(self, node: Select | Index, slots: dict[str, int], *, lenient: bool) -> Code:
        fields: list[str] = []
        base: Node = node
        while True:
            match base:
                case Select(of=of, field=field) | Index(of=of, key=Literal(value=str(field))):
                    fields.insert(0, field)
                    base = of
                case _:
                    break
        if isinstance(base, Name) and base.name in slots:
            return read_slot_fields(slots[base.name], tuple(fields), lenient=lenient)
        if isinstance(base, Index):
            # In `a[i].b == null` the item may be missing too; elsewhere an error of the base stays one.
            whole = self.compile(base.of, slots, lenient=lenient and isinstance(base.of, Select | Index))
            code = read_index(whole, self.compile(base.key, slots), lenient=lenient)
        else:
            code = self.compile(base, slots)
        return read_fields(code, tuple(fields), lenient=lenient) if fields else code

    def _binary(self, node: Binary, slots: dict[str, int]) -> Code:
        equality = node.operator in ("==", "!=")
        left = self.compile(node.left, slots, lenient=equality)
        right = self.compile(node.right, slots, lenient=equality)
        literal = node.right.value if isinstance(node.right, Literal) else None
        if equality:
            if isinstance(node.right, Literal):
                return equals_literal(left, literal, wanted=node.operator == "==")
            return equals(left, right, wanted=node.operator == "==")
        if node.operator in ("<", "<=", ">", ">="):
            if type(literal) in NUMBERS:
                return compare_number(node.operator, left, literal)  # type: ignore[arg-type]
            return compare(node.operator, left, right)
        operate = contains if node.operator == "in" else ARITHMETIC[node.operator]
        return lambda frame: operate(left(frame), right(frame), frame)

    def _call(self, node: Call, slots: dict[str, int]) -> Code:
        function = function_of(node)
        if function is None:
            return _failing(f"`{node.function}` cannot be called like this")
        arguments = node.arguments if node.target is None else (node.target, *node.arguments)
        codes = tuple(self.compile(argument, slots) for argument in arguments)
        flat = 0 if node.function == "matches" and isinstance(arguments[1], Literal) else function.flat_steps
        return _calling(function, codes, flat)

    def _loop(self, node: Loop, slots: dict[str, int]) -> Code:
        slot = max(*slots.values(), FIRST_VARIABLE - 1) + 1
        inside = {**slots, node.variable: slot}
        price = count_nodes(node.body) + (0 if node.only_if is None else count_nodes(node.only_if))
        items = items_of(node.kind, self.compile(node.over, slots), price)
        order = _order_of_field(node.body, node.variable)
        if node.kind is LoopKind.FILTER and order is not None:
            return filter_by_order(items, *order)
        only_if = None if node.only_if is None else self._turn(node.only_if, node.variable, inside, condition=True)
        body = self._turn(node.body, node.variable, inside, condition=node.kind is not LoopKind.MAP)
        return loop(node.kind, items, only_if, body, price)

    def _turn(self, body: Node, variable: str, slots: dict[str, int], *, condition: bool) -> Turn:
        """The body of a loop; the bodies people write most have turns of their own."""
        match body:
            case Select(of=Name(name=name), field=field) if name == variable and not condition:
                return read_item(field)
            case Binary(
                operator="==" | "!=" as symbol, left=Select(of=Name(name=name), field=field), right=Literal(value=value)
            ) if name == variable:
                return equals_in_item(field, value, wanted=symbol == "==")
        order = _order_of_field(body, variable)
        if order is not None:
            return order_in_item(*order)
        code = self.compile(body, slots)
        return condition_of(slots[variable], code) if condition else value_of(slots[variable], code)


def _order_of_field(body: Node, variable: str) -> tuple[str, str, float] | None:
    """The operator, field and number of `variable.field > 100`."""
    match body:
        case Binary(
            operator="<" | "<=" | ">" | ">=" as symbol,
            left=Select(of=Name(name=name), field=field),
            right=Literal(value=int() | float() as number),
        ) if name == variable and number.__class__ in NUMBERS:
            return symbol, field, number
        case _:
            return None


def _constant(value: Any) -> Code:
    def give(_frame: Frame) -> Any:
        return value

    return give


def _failing(message: str) -> Code:
    def fail(_frame: Frame) -> Any:
        raise EvaluationError(message)

    return fail


def _map_of(entries: Iterable[tuple[Any, Any]]) -> dict[Any, Any]:
    made: dict[Any, Any] = {}
    for key, item in entries:
        if key.__class__ is not str and key.__class__ is not Int:
            raise EvaluationError(f"a key is a text or a whole number, not {kind_of(key)}")
        if key in made:
            raise EvaluationError(f"the key `{str(key)[:50]}` stands twice")
        made[key] = item
    return made


def _calling(function: Function, codes: tuple[Code, ...], flat_steps: int) -> Code:
    run: Callable[..., Any] = function.run
    allowed = tuple(frozenset().union(*map(classes_of, kinds)) for kinds in function.parameters)
    characters_per_step = function.characters_per_step

    def call(frame: Frame) -> Any:
        arguments = [code(frame) for code in codes]
        steps = flat_steps
        for value, classes in zip(arguments, allowed, strict=False):
            kind = value.__class__
            if kind not in classes:
                raise EvaluationError(f"`{function.name}` does not take {kind_of(value)}")
            if kind is str or kind is list:
                steps += len(value) // characters_per_step
        if steps:
            charge(frame, steps)
        result = run(frame[NOW_MS], *arguments) if function.reads_clock else run(*arguments)
        if result.__class__ is str:
            # `join` and `replace` make long texts of short ones.
            charge(frame, len(result) // CHARACTERS_PER_EVALUATION_STEP)
        return result

    return call
