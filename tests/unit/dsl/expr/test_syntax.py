import pytest

from surestep_dsl.expr import Expression, Problem, parse_expression
from surestep_dsl.expr.syntax import Binary, Conditional, Literal, Logical, Name, Select, Unary


def faulty(text: str) -> Problem:
    problem = parse_expression(text)
    assert isinstance(problem, Problem)
    return problem


def tree(text: str) -> str:
    expression = parse_expression(text)
    assert isinstance(expression, Expression), expression
    return shown(expression.root)


def shown(node: object) -> str:
    match node:
        case Binary(operator=operator, left=left, right=right):
            return f"({shown(left)} {operator} {shown(right)})"
        case Logical(operator=operator, operands=operands):
            return "(" + f" {operator} ".join(map(shown, operands)) + ")"
        case Conditional(test=test, then=then, otherwise=otherwise):
            return f"({shown(test)} ? {shown(then)} : {shown(otherwise)})"
        case Unary(operator=operator, operand=operand):
            return f"({operator}{shown(operand)})"
        case Select(of=of, field=field):
            return f"{shown(of)}.{field}"
        case Literal(value=value):
            return repr(value)
        case Name(name=name):
            return name
        case _:
            raise AssertionError(node)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a || b && c", "(a || (b && c))"),
        ("a && b && c", "(a && b && c)"),
        ("!a == b", "((!a) == b)"),
        ("a + b * c - d", "((a + (b * c)) - d)"),
        ("a < b == c", "((a < b) == c)"),
        ("a ? b : c ? d : e", "(a ? b : (c ? d : e))"),
        ("a in b || c", "((a in b) || c)"),
        ("-a.b", "(-a.b)"),
        ("a -1", "(a - 1)"),
        ("(a || b) && c", "((a || b) && c)"),
        ("a // the rest is a comment\n&& b", "(a && b)"),
        ("a ? .5 : 1e3", "(a ? 0.5 : 1000.0)"),
        ("0x1F", "31"),
        ("-9223372036854775808", "-9223372036854775808"),
    ],
)
def test_operators_bind_as_in_cel(text: str, expected: str) -> None:
    assert tree(text) == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'"a\tb"', "a\tb"),
        (r"'\x41é\U0001F600\101'", "Aé\U0001f600A"),
        (r"r'\d+'", r"\d+"),
        ('"""a "b"\nc"""', 'a "b"\nc'),
        ("'''it's'''", "it's"),
        ('""', ""),
    ],
)
def test_text_literals_are_decoded(text: str, value: str) -> None:
    assert tree(text) == repr(value)


@pytest.mark.parametrize(
    ("text", "code", "start", "end"),
    [
        ("", "E101", 0, 0),
        ("a +", "E101", 3, 3),
        ("a b", "E101", 2, 3),
        ("a == == b", "E101", 5, 7),
        ("(a", "E101", 2, 2),
        ("f(a,)", "E101", 4, 5),
        ("a.'b'", "E101", 2, 5),
        ("a # b", "E101", 2, 3),
        ("\u00e9t\u00e9", "E101", 0, 1),
        ("5u", "E101", 1, 2),
        ("b'x'", "E101", 0, 1),
        ("for", "E101", 0, 3),
        ('a == "b', "E102", 5, 6),
        (r'"a\q"', "E102", 2, 4),
        (r'"\ud800"', "E102", 1, 7),
        ("9223372036854775808", "E103", 0, 19),
        ("1e999", "E103", 0, 5),
        ("has(a)", "E106", 0, 6),
        ("a.all(b.c, true)", "E106", 2, 16),
        ("a.map(event, event)", "E106", 6, 11),
    ],
)
def test_a_syntax_problem_has_a_code_and_a_place(text: str, code: str, start: int, end: int) -> None:
    problem = faulty(text)
    assert (problem.code, problem.start, problem.end) == (code, start, end)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("a === b", "write `==`; it never converts types"),
        ("a !== b", "write `!=`; it never converts types"),
        ("a = b", "write `==` to compare"),
        ("a & b", "write `&&`"),
        ("a and b", "write `&&`"),
        ("not a", "write `!`"),
        ("a ?? b", "write `has(x) ? x : other`"),
        ("\u201ca\u201d", "use straight quotes"),
        (r"'\d'", r"write `\\d` or `r'...'`"),
        ('has(a["b c"])', 'write `"b c" in ...` for a field that is no name'),
    ],
)
def test_habits_of_other_languages_get_a_hint(text: str, hint: str) -> None:
    assert faulty(text).hint == hint


def test_an_expression_has_at_most_10_000_characters() -> None:
    assert isinstance(parse_expression("a" * 10_000), Expression)
    assert faulty("a" * 10_001).code == "E104"


@pytest.mark.parametrize("text", ["(" * 33 + "a" + ")" * 33, "!" * 33 + "a", "a" + ".b" * 33, "a" + "+a" * 33])
def test_nesting_ends_at_32_levels(text: str) -> None:
    assert faulty(text).code == "E105"


@pytest.mark.parametrize("text", ["(" * 32 + "a" + ")" * 32, "!" * 32 + "a", "a" + ".b" * 32, "a" + "+a" * 32])
def test_32_levels_are_fine(text: str) -> None:
    assert isinstance(parse_expression(text), Expression)


def test_long_chains_of_conditions_are_fine() -> None:
    assert isinstance(parse_expression(" || ".join(["a"] * 1_500)), Expression)
