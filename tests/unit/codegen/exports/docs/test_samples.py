import pytest

from surestep_codegen.exports.docs.samples import make_sample
from surestep_dsl.datatypes import JsonValue
from surestep_dsl.load import load_files


def sample(types: str, fields: str) -> JsonValue:
    spec = f"spec: 1\napp: shop\ntypes: {{{types}}}\nevents: {{a/b: {{data: {{{fields}}}}}}}\n"
    loaded = load_files({"shop.yaml": spec})
    assert loaded.project is not None, loaded.errors
    return make_sample(loaded.project.events["a/b"].fields, loaded.project.types)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("x: string", "x"),
        ("x: {type: string, pattern: '^[A-Z]+$'}", "A"),
        ("x: {type: string, pattern: '^[0-9]{4}-[a-f]{7}$'}", "1111-aaaaaaa"),
        ("x: {type: string, min_length: 20}", "x" * 20),
        ("x: {type: integer, min: 42}", 42),
        ("x: {type: decimal, max: -1}", "-1"),
        ("x: {type: date, min: 2030-01-01}", "2030-01-01"),
        ("x: {type: string, examples: [Ada]}", "Ada"),
        ("x: {type: string, default: Bob}", "Bob"),
        ("x: 'string?'", "x"),
        ("x: 'enum[b, a]'", "b"),
        ("x: {type: 'list[integer]', min_items: 2}", [1, 0]),
        ("x: 'map[boolean]'", {"x": True}),
        ("x: {fields: {y: uuid}}", {"y": "00000000-0000-4000-8000-000000000001"}),
        ("x?: string", "x"),
    ],
)
def test_a_field_has_a_plausible_value(field: str, value: JsonValue) -> None:
    assert sample("", field) == {"x": value}


def test_circles_end_where_the_types_let_them() -> None:
    types = "Node: {fields: {name: string, next?: Node, children: 'list[Node]', other: 'Node?'}}"
    assert sample(types, "node: Node") == {"node": {"name": "name", "children": [], "other": None}}


def test_a_tagged_union_is_its_first_member() -> None:
    types = "Pay: {union: {on: kind, of: [Card, Bank]}}, Card: {fields: {kind: 'enum[card]'}}"
    assert sample(f"{types}, Bank: {{fields: {{kind: 'enum[bank]'}}}}", "pay: Pay") == {"pay": {"kind": "card"}}


def test_there_is_none_where_no_text_fits() -> None:
    assert sample("", "x: {type: string, pattern: '^a$', min_length: 2}") is None


def test_what_cannot_be_made_and_may_be_absent_is_left_out() -> None:
    assert sample("", "y: integer, x?: {type: string, pattern: '^a$', min_length: 2}") == {"y": 1}


def test_types_inside_types_do_not_make_it_large() -> None:
    types = ", ".join(f"T{at}: {{fields: {{a: 'list[T{at + 1}]', b: 'list[T{at + 1}]'}}}}" for at in range(30))
    made = sample(f"{types}, T30: {{fields: {{x: integer}}}}", "x: T0")
    assert len(str(made)) < 10_000
