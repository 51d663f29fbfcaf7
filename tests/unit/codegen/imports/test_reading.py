import pytest

from surestep_codegen.imports.problem import ImportProblemError
from surestep_codegen.imports.reading import parse_catalogue
from surestep_dsl.limits import MAX_FILE_NODES


def test_json_and_yaml_give_plain_values() -> None:
    value = {"a": [1, 1.5, None, True, "x"]}
    assert parse_catalogue("a.json", b'\xef\xbb\xbf{"a": [1, 1.5, null, true, "x"]}') == value
    assert parse_catalogue("a.yaml", b"a: [1, 1.5, null, true, x]") == value


@pytest.mark.parametrize(
    ("file", "content", "problem"),
    [
        ("a.json", b'{"a": 1, "a": 2}', "the key `a` stands twice in one object"),
        ("a.json", b'{"a": NaN}', "NaN is no JSON"),
        ("a.json", b'{"a": 1e999}', "a number is too large"),
        (
            "a.json",
            b'{"a": ' + b"9" * 5000 + b"}",
            "not valid JSON: Exceeds the limit (4300 digits) for integer string conversion: value has 5000 digits",
        ),
        ("a.json", b'{"a": "\\ud800"}', r"a text holds half of a surrogate pair: '\ud800'"),
        ("a.json", b"a: 1", "line 1, column 1: not valid JSON: Expecting value"),
        ("a.json", b"", "line 1, column 1: not valid JSON: Expecting value"),
        ("a.json", b"[]", "the file must hold one object"),
        ("a.json", b'{"a": ' + b"[" * 100 + b"]" * 100 + b"}", "nested deeper than 64 levels"),
        ("a.json", b'{"a": ' + b"[" * 200_000, "nested deeper than 64 levels"),
        ("a.json", b" " * (4 * 1024**2 + 1), "line 1, column 1: the file is larger than 4 MiB"),
        ("a.json", b"\xff\xfe{\x00", "line 1, column 1: the file is UTF-16, not UTF-8"),
        ("a.json", b'{"a": [' + b"0," * 300_000 + b"0]}", f"more than {MAX_FILE_NODES:,} values in one file"),
        ("a.yaml", b"a: 1\na: 2", "line 2, column 1: the key `a` is written twice"),
        ("a.yaml", b"a: &x [*x]", "line 1, column 8: the alias *x stands inside its own anchor"),
        (
            "a.yaml",
            b"a: !!python/object:os.system x",
            "line 1, column 4: the tag tag:yaml.org,2002:python/object:os.system is not allowed",
        ),
        ("a.yaml", b"", "the file must hold one object"),
    ],
)
def test_hostile_and_wrong_input_ends_in_one_sentence(file: str, content: bytes, problem: str) -> None:
    with pytest.raises(ImportProblemError) as caught:
        parse_catalogue(file, content)
    assert str(caught.value) == problem
