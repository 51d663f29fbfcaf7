import pytest

from surestep_dsl.diagnostics import Diagnostic
from surestep_dsl.nodes import MappingNode, ScalarNode, SourceText
from surestep_dsl.source import Parsed, decode_source, parse_source


def parse(text: str) -> Parsed:
    return parse_source(SourceText("a.yaml", text))


def scalar_in(text: str) -> ScalarNode:
    root = parse(text).root
    assert isinstance(root, MappingNode)
    value = root.entries[0].value
    assert isinstance(value, ScalarNode)
    return value


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("a: 1\na: 2", "S010", 2, 1),
        ("a:\n\tb: 1", "S004", 2, 1),
        ("a:\n  b: 1\n\tc: 2", "S004", 3, 1),
        ("a: x\0y", "S003", 1, 5),
        ("a: 1\n---\nb: 2", "S007", 2, 1),
        ("%YAML 1.2\n---\na: 1", "S006", 1, 1),
        ("a: !!str x", "S008", 1, 4),
        ("a: &x {b: 1}\nc: {<<: *x}", "S009", 2, 5),
        ("a: &x [*x]", "S011", 1, 8),
        ("a: *nope", "S017", 1, 4),
        ("? [a]\n: b", "S016", 1, 3),
        ("a: [b", "S005", 1, 6),
        ("a: {b: c]", "S005", 1, 9),
        ('a: "b', "S005", 1, 4),
        ("[" * 500, "S013", 1, 65),
    ],
)
def test_faulty_yaml_is_a_diagnostic_with_its_place(text: str, code: str, line: int, column: int) -> None:
    found = parse(text).diagnostics

    assert [(one.code, one.span.line, one.span.column) for one in found] == [(code, line, column)]


@pytest.mark.parametrize(
    ("content", "code", "line", "column"),
    [
        (b"\xff\xfea\x00", "S002", 1, 1),
        (b"a: 1\nb: \xe9", "S002", 2, 4),
        (b"#" * (4 * 1024 * 1024 + 1), "S014", 1, 1),
    ],
)
def test_a_file_that_is_no_text_is_a_diagnostic(content: bytes, code: str, line: int, column: int) -> None:
    found = decode_source("a.yaml", content)

    assert isinstance(found, Diagnostic)
    assert (found.code, found.span.line, found.span.column) == (code, line, column)


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    source = decode_source("a.yaml", b"\xef\xbb\xbfa: 1")

    assert isinstance(source, SourceText)
    assert source.text == "a: 1"


def test_an_alias_bomb_is_refused_before_it_explodes() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]

    assert [one.code for one in parse("\n".join(lines)).diagnostics] == ["S012"]


def test_aliases_below_the_limit_share_their_node() -> None:
    root = parse("a: &x {b: 1}\nc: *x").root

    assert isinstance(root, MappingNode)
    assert root.entries[0].value is root.entries[1].value


@pytest.mark.parametrize("text", ["a,", "- ", "{", "[a: ", "&a ", "!", "x ", "\n", "? "])
def test_four_megabytes_of_anything_come_to_an_end(text: str) -> None:
    parse("a: [" + text * (4_000_000 // len(text)))


@pytest.mark.parametrize(
    "text",
    [
        "a: one two",
        "a: 'one two'",
        'a: "one two"',
        'a: "\\x6fne\\u0020two"',
        "a: |\n  one two",
        "a: >\n    one\n    two",
        "a: one\n  two",
        'a: "one\\\n   \\ two"',
    ],
)
def test_a_place_inside_a_text_is_found_whatever_its_style(text: str) -> None:
    scalar = scalar_in(text)
    span = scalar.span_at(scalar.text.index("t"), scalar.text.index("t") + 3)
    line = text.split("\n")[span.line - 1]

    assert scalar.text.strip() == "one two"
    assert line[span.column - 1 : span.end_column - 1] == "two"


def test_a_place_inside_a_literal_block_is_on_its_own_line() -> None:
    scalar = scalar_in("a: |\r\n  one\r\n    two\r\n  three")
    at = scalar.text.index("three")

    assert (scalar.span_at(at, at + 5).line, scalar.span_at(at, at + 5).column) == (4, 3)
