"""What the comparison of types says in words, and what random types hardly ever reach."""

import functools

from tests.conftest import calls_of

from surestep_codegen.breaking.comparison import Comparison
from surestep_codegen.breaking.refusals import RefusalKind
from surestep_codegen.breaking.spelling import spell_path
from surestep_dsl.load import load_files
from surestep_dsl.model import Project


def project(text: str) -> Project:
    loaded = load_files({"a.yaml": f"spec: 1\napp: shop\n{text}"})
    assert loaded.project is not None, loaded.errors
    return loaded.project


def refused(old: str, new: str) -> list[tuple[str, str]]:
    """Kind and place of everything that producers send in vain."""
    both = Comparison(project(old), project(new))
    return [(kind.value, spell_path(found.refusal.where)) for kind in RefusalKind for found in both.sent(kind)]


def test_a_fault_in_a_named_type_is_found_once_with_all_who_use_it() -> None:
    uses = "events: {a/b: {data: {x: T}}, a/c: {data: {y: 'list[T]'}}, a/d: {data: T}}"
    both = Comparison(
        project(f"types: {{T: {{fields: {{n: integer}}}}}}\n{uses}"),
        project(f"types: {{T: {{fields: {{n: string}}}}}}\n{uses}"),
    )
    (found,) = both.sent(RefusalKind.TYPE)
    assert (spell_path(found.refusal.where), found.users) == ("types.T.n", ("a/b", "a/c", "a/d"))
    assert found.note == " (`T` is used by a/b and 2 more)"


def test_a_field_of_another_named_type_is_at_fault_itself() -> None:
    types = "types: {A: {fields: {n: integer}}, B: {fields: {n: string}}}\n"
    old, new = (f"{types}events: {{a/b: {{data: {{x: {name}, y: '{name}?'}}}}}}" for name in "AB")
    assert refused(old, new) == [("type", "events.a/b.data.x.n"), ("type", "events.a/b.data.y.n")]


def test_a_fault_in_a_renamed_type_belongs_to_the_type() -> None:
    old = "types: {A: {fields: {n: integer}}}\nevents: {a/b: {data: {x: A, y: A}}}"
    new = "types: {B: {fields: {n: string}}}\nevents: {a/b: {data: {x: B, y: B}}}"
    assert refused(old, new) == [("type", "types.B.n")]


def test_a_fault_deep_inside_of_types_that_refer_to_each_other_is_found() -> None:
    text = "types: {{A: {{fields: {{b?: B}}}}, B: {{fields: {{a: 'A?', n: {0}}}}}}}\nevents: {{x/y: {{data: A}}}}"
    assert refused(text.format("integer"), text.format("string")) == [("type", "types.B.n")]


def test_a_fault_behind_a_union_of_renamed_recursive_types_is_found() -> None:
    old = "types: {A: {fields: {k: 'list[A | integer]', n: number}}}\nevents: {x/y: {data: {a: A | string}}}"
    new = "types: {B: {fields: {k: 'list[B | integer]', n: integer}}}\nevents: {x/y: {data: {a: B | string}}}"
    assert refused(old, new) == [("type", "types.B.n")]
    assert refused(new, old) == []


def test_a_union_is_compared_as_a_whole() -> None:
    text = "events: {{a/b: {{data: {{x: {0}}}}}}}"
    assert refused(text.format("integer | string"), text.format("string | number")) == []
    assert refused(text.format("'enum[a, b]'"), text.format("'enum[a] | enum[b]'")) == []
    assert refused(text.format("'enum[a, b, c]'"), text.format("'enum[a] | enum[b]'")) == [
        ("value", "events.a/b.data.x")
    ]


def test_a_member_of_a_tagged_union_is_known_by_its_tag() -> None:
    text = (
        "types: {{{0}: {{fields: {{kind: 'enum[card]', {1}}}}}, Bank: {{fields: {{kind: 'enum[bank]'}}}}, "
        "Way: {{union: {{on: kind, of: [{0}, Bank]}}}}}}\nevents: {{a/b: {{data: {{way: Way}}}}}}"
    )
    assert refused(text.format("Card", "n: string"), text.format("Plastic", "n?: string")) == []
    assert refused(text.format("Card", "n?: string"), text.format("Plastic", "n: string")) == [
        ("field_optional", "types.Plastic.n")
    ]


def test_steps_and_bounds_of_whole_numbers_are_taken_together() -> None:
    text = "events: {{a/b: {{data: {{x: {{type: {0}}}}}}}}}"
    assert refused(text.format("integer, multiple_of: 1.5"), text.format("integer, multiple_of: 3")) == []
    assert refused(text.format("integer"), text.format("number, multiple_of: 0.5")) == []
    assert refused(text.format("integer, max: 9.5"), text.format("integer, exclusive_max: 10")) == []


def test_four_times_as_many_events_are_four_times_as_many_comparisons() -> None:
    few, many = (calls_of(functools.partial(_compare_equals, count)) for count in (50, 200))
    assert many / few < 4.5


def _compare_equals(count: int) -> None:
    fields = "id: string, total: {type: integer, min: 0}, to: Address, lines: {items: {fields: {sku: string}}}"
    events = ", ".join(f"shop/e{at}: {{version: 1, data: {{{fields}}}}}" for at in range(count))
    address = "types: {Address: {fields: {zip: string, next?: Address}}}"
    old, new = project(f"{address}\nevents: {{{events}}}"), project(f"{address}\nevents: {{{events}}}")
    both = Comparison(old, new)
    assert [found for kind in RefusalKind for found in (*both.sent(kind), *both.read(kind))] == []
    assert not any(is_changed for _, is_changed in both.reshaped)
