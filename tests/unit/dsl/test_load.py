import functools
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st
from tests.conftest import calls_of, enough

from surestep_dsl.diagnostics import Severity
from surestep_dsl.load import find_spec_files, load_files, load_project

GOLDEN = Path(__file__).parents[2] / "golden" / "specs"
EXAMPLES = [path.read_text(encoding="utf-8") for path in sorted(GOLDEN.glob("*/*.yaml"))]
SHOP = "spec: 1\napp: shop\n"
EVENT = f"{SHOP}events: {{order/created: {{data: {{orderId: string}}}}}}\n"
FUNCTION = "spec: 1\nfunctions: {process-order: {triggers: {event: order/created}}}\n"
WORDS = [
    "spec: 1\n",
    "app: a\n",
    "events:",
    "functions:",
    "types:",
    "a/b:",
    "f:",
    " ",
    "  ",
    "\n",
    "data:",
    "{",
    "}",
    "[",
    "]",
]
WORDS += [
    "string",
    "list[",
    "A",
    "type:",
    "fields:",
    ",",
    ":",
    "?",
    "|",
    '"',
    "'",
    "&x ",
    "*x",
    "- ",
    "0",
    "1h",
    "if:",
    "event.data.a",
]


def codes(text: str) -> list[str]:
    return [found.code for found in load_files({"a.yaml": text}).diagnostics]


@given(st.one_of(st.text(), st.lists(st.sampled_from(WORDS), max_size=60).map("".join)))
@settings(max_examples=enough(300), deadline=None)
def test_no_text_makes_the_loader_crash(text: str) -> None:
    loaded = load_files({"a.yaml": text})

    assert loaded.project is not None or loaded.errors


@given(st.sampled_from(EXAMPLES), st.integers(0, 1_000), st.integers(0, 40), st.sampled_from(["", *WORDS]))
@settings(max_examples=enough(300), deadline=None)
def test_no_slip_in_a_spec_makes_the_loader_crash(text: str, start: int, length: int, added: str) -> None:
    loaded = load_files({"a.yaml": text[:start] + added + text[start + length :]})

    assert loaded.project is not None or loaded.errors


def test_checks_of_list_items_behind_a_broken_one_wait_until_it_is_mended() -> None:
    text = f"{SHOP}functions:\n  f:\n    triggers:\n      - {{event: a, cron: b}}\n      - {{cron: '0 0 31 2 *'}}\n"

    assert codes(text) == ["F101"]


def test_all_files_form_one_namespace_in_any_order() -> None:
    one = load_files({"a.yaml": EVENT, "b.yaml": FUNCTION})
    other = load_files({"b.yaml": FUNCTION, "a.yaml": EVENT})

    assert one.errors == other.errors == ()
    assert one.project == other.project
    assert one.project is not None
    assert one.project.functions["process-order"].trigger_events == ("order/created",)


def test_findings_do_not_depend_on_the_order_of_files() -> None:
    files = {"a.yaml": EVENT, "b.yaml": EVENT, "c.yaml": EVENT}

    assert load_files(files).diagnostics == load_files(dict(reversed(files.items()))).diagnostics


def test_a_wildcard_reaches_declared_events_at_any_depth_but_no_system_events() -> None:
    text = (
        f"{SHOP}events: {{app/a: {{}}, app/b.c: {{}}, apple/x: {{}}}}\nfunctions: {{f: {{triggers: {{event: app/*}}}}}}"
    )
    project = load_files({"a.yaml": text}).project

    assert project is not None
    assert project.functions["f"].trigger_events == ("app/a", "app/b.c")


def test_places_leave_out_question_marks_and_count_single_entries_as_lists() -> None:
    trigger = "functions: {f: {triggers: {event: a/b, if: event.ts > 1}}}"
    text = f"{SHOP}events: {{a/b: {{data: {{n?: string}}}}}}\n{trigger}"
    project = load_files({"a.yaml": text}).project

    assert project is not None
    assert project.places["events", "a/b", "data", "n"].column == 23
    assert project.places["functions", "f", "triggers", 0, "if"].line == 4


def test_directories_are_searched_without_hidden_entries_and_foreign_links(tmp_path: Path) -> None:
    root = tmp_path / "project"
    for name in ("specs/deep/a.yml", "specs/.hidden/b.yaml", "specs/.c.yaml", "specs/d.txt", "../outside/e.yaml"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(EVENT, encoding="utf-8")
    (root / "specs/link.yaml").symlink_to(tmp_path / "outside/e.yaml")

    loaded = load_project(["specs"], root)

    assert loaded.errors == ()
    assert list(loaded.sources) == ["specs/deep/a.yml"]


def test_no_file_at_all_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()

    assert [found.code for found in load_project(["specs"], tmp_path).diagnostics] == ["S117"]
    assert [found.code for found in load_project(["missing"], tmp_path).diagnostics] == ["S117"]


def test_projects_within_a_directory_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "a.yaml").write_text("spec: 1\napp: outer\n")
    (tmp_path / "inner" / "b.yaml").write_text("spec: 1\napp: inner\n")
    (tmp_path / "inner" / "pyproject.toml").touch()
    assert find_spec_files(["."], tmp_path)[0] == [tmp_path / "a.yaml"]
    assert find_spec_files(["inner"], tmp_path)[0] == [tmp_path / "inner" / "b.yaml"]


def test_the_working_directory_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.yaml").write_text("spec: 2\n", encoding="utf-8")
    here = load_project(["a.yaml"], tmp_path).diagnostics
    monkeypatch.chdir("/")

    assert load_project(["a.yaml"], tmp_path).diagnostics == here


def test_settings_choose_severities_and_switch_codes_off() -> None:
    text = f"{SHOP}events: {{payment: {{}}}}"

    assert load_files({"a.yaml": text}).project is not None
    assert load_files({"a.yaml": text}, severities={"V201": Severity.ERROR}).project is None
    assert load_files({"a.yaml": text}, severities={"V201": None}).diagnostics == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "S102"),
        ("app: shop", "S102"),
        ("spec: 1", "S102"),
        ("spec: 2\napp: shop", "S110"),
        (f"{SHOP}evnts: {{}}", "S101"),
        (f"{SHOP}description:", "S104"),
        ("- a", "S103"),
        (f"{SHOP}events: {{a/b: {{data: [a]}}}}", "S103"),
        (f"{SHOP}events: {{a/b: {{data: {{a?: string, a: string}}}}}}", "T113"),
        (f"{SHOP}events: {{a/b: {{version: ''}}}}", "V105"),
        (f"{SHOP}events: {{a/b: {{previous: [{{version: 1}}]}}}}", "V105"),
        (f"{SHOP}events: {{a/b: {{version: 1, previous: [{{version: 1}}]}}}}", "V105"),
        (f"{SHOP}events: {{a/b: {{data: A}}}}\ntypes: {{A: string}}", "T116"),
        (f"{SHOP}functions: {{f: {{triggers: []}}}}", "S114"),
        (f"{SHOP}functions: {{f: {{triggers: {{event: a/*}}}}}}", "V106"),
        (f"{SHOP}functions: {{f: {{triggers: {{event: inngest/scheduled.timer}}}}}}", "V103"),
        (f"{SHOP}functions: {{f: {{timeouts: {{finish: 1h, run: 2h}}}}}}", "S113"),
        (f"{SHOP}functions: {{f: {{concurrency: {{limit: 1, scope: app}}}}}}", "F105"),
        (f"{SHOP}functions: {{f: {{concurrency: [1, 2, 3]}}}}", "S114"),
        (f"{SHOP}functions: {{f: {{handler: 'no place'}}}}", "F106"),
        (f"{SHOP}functions: {{f: {{handler: 'shop.class:handle'}}}}", "F106"),
        (f"{SHOP}functions: {{f: {{handler: 'os:system'}}}}", "F106"),
        (f"{SHOP}functions: {{f: {{debounce: {{period: 2m, timeout: 1m}}}}}}", "S109"),
        (f"{SHOP}functions: {{f: {{retries: {{backoff: {{initial: 1s, factor: 11}}}}}}}}", "S105"),
        (f"{SHOP}types: {{A: {{type: string, python: class}}}}", "N104"),
        (f"{SHOP}types: {{A: 'string | string'}}", "T115"),
        (f"{SHOP}types: {{A: 'enum[a, 1]'}}", "T107"),
        (f"{SHOP}types: {{A: 'string | A'}}", "T108"),
    ],
)
def test_one_mistake_gives_one_finding(text: str, code: str) -> None:
    assert codes(text) == [code]


def test_empty_bodies_are_empty_mappings() -> None:
    assert codes(f"{SHOP}events:\n  a/b:\n  a/c:\n    data:\nfunctions:\n  f:\n") == []


@pytest.mark.parametrize(
    "text",
    [
        "events:\n",
        "types:\n  A:\n    fields:\n",
        "events:\n  a/b:\n    data:\n      x:\n        type: string\n        default:\n",
        "functions:\n  f:\n    input:\n",
        "functions:\n  f:\n    triggers:\n",
        "functions:\n  f:\n    steps:\n",
        "jobs:\n  a/b:\n    stats:\n",
    ],
)
def test_any_other_key_without_a_value_is_a_mistake(text: str) -> None:
    assert codes(SHOP + text) == ["S104"]


def test_an_input_may_be_an_object_type_and_its_fields_are_known_to_expressions() -> None:
    types = "types: {Order: {fields: {orderId: string}}, Id: string}\n"
    project = load_files(
        {"a.yaml": f"{SHOP}{types}functions: {{f: {{input: Order, idempotency: event.data.orderId}}}}"}
    ).project

    assert project is not None
    assert (project.functions["f"].input, project.functions["f"].input_type) == (None, "Order")
    assert codes(f"{SHOP}{types}functions: {{f: {{input: Order, idempotency: event.data.id}}}}") == ["E202"]
    assert codes(f"{SHOP}{types}functions: {{f: {{input: Id}}}}") == ["T116"]
    assert codes(f"{SHOP}{types}functions: {{f: {{input: Ordr}}}}") == ["T102"]


def test_a_chain_of_aliases_ends_where_nobody_could_follow() -> None:
    chain = "".join(f"  T{n}: T{n + 1}\n" for n in range(5_000))

    assert set(codes(f"{SHOP}types:\n{chain}  T5000: string\n")) == {"T117"}


def test_four_times_as_many_events_and_functions_are_four_times_the_work() -> None:
    _load_many(1)  # imports and caches
    few, many = (calls_of(functools.partial(_load_many, count)) for count in (50, 200))
    assert many / few < 4.5


def _load_many(count: int) -> None:
    events = "".join(f'  s/e{n}.done: {{id: "e{n}-{{a}}", data: {{a: string, b: integer}}}}\n' for n in range(count))
    functions = "".join(
        f"  f{n}: {{triggers: {{event: s/e{n}.done, if: event.data.b > {n}}}, idempotency: event.data.a}}\n"
        for n in range(count)
    )
    assert codes(f"{SHOP}events:\n{events}functions:\n{functions}") == []
