"""What a change of the specs changes in the generated code: nothing but what it is about."""

import json
from collections.abc import Mapping
from typing import Any

from hypothesis import given, settings, strategies as st
from tests.conftest import enough

from surestep_codegen.generate import generate_files
from surestep_codegen.plan.index import Layout
from surestep_dsl.load import load_files

LAYOUT = Layout("shop.contract", "shop.handlers")
TYPES = {"Colour": "enum[red, blue]", "Line": {"fields": {"sku": "string", "colour?": "Colour"}}}
FIELD_TYPES = st.sampled_from(
    [
        "string", "integer?", "list[Line]", "Colour", "map[decimal]", "enum[a, b]", "json", "Line?", "datetime | null",
        {"fields": {"x": "integer", "y": {"fields": {"z?": "bytes"}}}}, {"type": "string", "pattern": "^a"},
        {"items": {"fields": {"id": "uuid"}}}, {"type": "duration", "default": "1h"},
        {"type": "url", "sensitive": True},
    ]
)  # fmt: skip
DATA = st.dictionaries(st.sampled_from(["id", "orderId", "lines", "note", "class", "date", "Größe"]), FIELD_TYPES)
EVENTS = st.dictionaries(
    st.sampled_from(["order/created", "order/paid", "order", "a/b.c", "a/b_d", "user/signed-up", "Größe/neu"]),
    st.builds(lambda data, external: {"data": data, "external": external}, DATA, st.booleans()),
    min_size=2,
)


def spec(**sections: object) -> str:
    """JSON is YAML."""
    return json.dumps({"spec": 1, "app": "shop", **sections}, ensure_ascii=False)


def generated(files: Mapping[str, str]) -> dict[str, str]:
    loaded = load_files(files)
    assert loaded.project is not None, loaded.diagnostics
    return generate_files(loaded.project, LAYOUT)


def functions_of(events: Mapping[str, Any]) -> dict[str, Any]:
    return {"watch": {"triggers": [{"event": name, "if": "event.ts > 0"} for name in list(events)[:3]], "emits": []}}


@settings(max_examples=enough(25), deadline=None)
@given(events=EVENTS, draws=st.data())
def test_a_change_of_one_event_changes_its_file_only(events: dict[str, Any], draws: st.DataObject) -> None:
    name = draws.draw(st.sampled_from(sorted(events)))
    change = draws.draw(st.sampled_from(["string", "list[Line]", "integer?", {"type": "string", "max_length": 5}]))
    changed = {**events, name: {**events[name], "data": {**events[name]["data"], "added": change}}}
    functions = functions_of(events)
    before = generated({"shop.yaml": spec(types=TYPES, events=events, functions=functions)})
    after = generated({"shop.yaml": spec(types=TYPES, events=changed, functions=functions)})
    different = [path for path in before.keys() | after.keys() if before.get(path) != after.get(path)]
    assert len(different) == 1
    assert different[0].startswith("shop/contract/events/")
    assert repr(name) in after[different[0]].replace('"', "'")


@settings(max_examples=enough(25), deadline=None)
@given(events=EVENTS, draws=st.data())
def test_files_and_their_order_and_names_make_no_difference(events: dict[str, Any], draws: st.DataObject) -> None:
    functions = functions_of(events)
    whole = generated({"shop.yaml": spec(types=TYPES, events=events, functions=functions)})
    order = draws.draw(st.permutations(sorted(events)))
    cut = draws.draw(st.integers(0, len(order)))
    parts = [
        spec(events={name: events[name] for name in order[:cut]}),
        spec(types=dict(reversed(TYPES.items())), events={name: events[name] for name in order[cut:]}),
        spec(functions=functions),
    ]
    names = draws.draw(st.permutations(["a.yaml", "z/b.yml", "Ä.yaml"]))
    assert generated(dict(draws.draw(st.permutations(list(zip(names, parts, strict=True)))))) == whole


@settings(max_examples=enough(25), deadline=None)
@given(events=EVENTS)
def test_line_ends_of_specs_make_no_difference(events: dict[str, Any]) -> None:
    text = json.dumps({"spec": 1, "app": "shop", "types": TYPES, "events": events}, ensure_ascii=False, indent=2)
    assert generated({"shop.yaml": text.replace("\n", "\r\n")}) == generated({"shop.yaml": text})
