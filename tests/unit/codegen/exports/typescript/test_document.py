from collections.abc import Callable
from pathlib import Path

import pytest

from surestep_codegen.exports.typescript.document import render_typescript
from surestep_codegen.remarks import Remarks
from surestep_dsl.load import load_files

ROOT = Path(__file__).parents[5]


def exported(spec: str, remarks: Remarks | None = None, *, declares_events: bool = False) -> str:
    loaded = load_files({"shop.yaml": f"spec: 1\napp: shop\n{spec}"})
    assert loaded.project is not None, loaded.errors
    return render_typescript(loaded.project, remarks or Remarks(), declares_events=declares_events)


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        ("string", "string"),
        ("integer", "number"),
        ("decimal", "string | number"),
        ("datetime", "string"),
        ("'null'", "null"),
        ("json", "JsonValue"),
        ("string?", "string | null"),
        ("'string | datetime | integer'", "string | number"),
        ("list[string?]", "(string | null)[]"),
        ("list[decimal]", "(string | number)[]"),
        ("map[list[integer]]", "{ [key: string]: number[] }"),
        ("'enum[card, \"it''s \\\"x\\\"\"]'", '"card" | "it\'s \\"x\\""'),
        ("'enum[1, -2]'", "1 | -2"),
        ("'enum[0.5, 2]'", "0.5 | 2"),
    ],
)
def test_a_type_is_what_its_json_values_are(written: str, spelled: str) -> None:
    assert f"export type Alias = {spelled};\n" in exported(f"types:\n  Alias: {written}")


def test_a_field_may_be_absent_or_null_or_both() -> None:
    text = exported("types: {T: {fields: {a?: string, b: string?, c?: string?, d: {type: string, default: x}}}}")
    body = "  a?: string;\n  b: string | null;\n  c?: string | null;\n"
    assert f'export type T = {{\n{body}  /** @default "x" */\n  d?: string;\n}};\n' in text


def test_constraints_are_comments_and_told() -> None:
    remarks = Remarks()
    text = exported("types: {T: {items: {type: integer, min: 1}, max_items: 3}}", remarks)
    comment = "/**\n * Each item: asType integer.\n * Each item: minimum 1.\n * @maxItems 3\n */\n"
    assert f"{comment}export type T = number[];\n" in text
    why = "TypeScript has no word for it: kept as a comment, the compiler does not check it"
    assert [(made.pointer, made.what, made.why) for made in remarks.made if made.loses] == [
        ("#/T", "max_items: 3", why),
        ("#/T", "min: 1", why),
    ]


def test_descriptions_stay_inside_their_comment_and_make_no_tags() -> None:
    text = exported('types: {T: {type: string, description: "ends */ here\\n@deprecated not\\0"}}')
    assert "/**\n * ends *\\/ here\n * \\@deprecated not\\x00\n */\nexport type T = string;\n" in text


def test_a_pattern_cannot_end_its_comment() -> None:
    assert "/** @pattern a*\\/b */\n" in exported("types: {T: {type: string, pattern: 'a*/b'}}")


def test_field_names_are_quoted_where_javascript_wants_it() -> None:
    text = exported("types: {T: {fields: {plain_1: string, e-mail: string, 3d: string, größe: string}}}")
    assert '  plain_1: string;\n  "e-mail": string;\n  "3d": string;\n  "größe": string;\n' in text


def test_external_events_accept_unknown_fields_and_others_do_not() -> None:
    text = exported("""
types: {Box: {fields: {a: string}}}
events:
  web/hook: {external: true, data: {inner: {fields: {b: string}}}}
  web/boxed: {external: true, data: Box}
  web/own: {data: Box}
  web/empty: {}
""")
    assert "  inner: {\n    b: string;\n    [key: string]: unknown;\n  };\n  [key: string]: unknown;\n};\n" in text
    assert "export type WebBoxed = {\n  a: string;\n  [key: string]: unknown;\n};\n" in text
    assert "export type WebOwn = Box;\n" in text
    assert "export type WebEmpty = {\n  [key: string]: never;\n};\n" in text


def test_our_own_names_and_words_of_typescript_are_left_free() -> None:
    text = exported(
        "types: {Events: string, Array: 'list[Events]'}\nevents: {a/b: {python: function, data: {x: Events}}}"
    )
    assert "export type Events_ = string;\n" in text
    assert "export type Array = Events_[];\n" in text
    assert '  "a/b": { data: function_ };\n' in text


def test_older_versions_may_be_sent_and_have_to_say_so() -> None:
    text = exported('events: {a/b: {version: "2", data: {x: string}, previous: [{version: "1", data: {x: integer}}]}}')
    assert '  "a/b": { data: AB; v?: "2" };\n' in text
    assert '  | { name: "a/b"; data: AB; id?: string; ts?: number; v?: "2" }\n' in text
    assert '  | { name: "a/b"; data: ABV1; id?: string; ts?: number; v: "1" };\n' in text


def test_nobody_may_send_how_a_job_ended() -> None:
    text = exported("jobs: {a/sync: {stats: {done: integer}}}").partition("export type SentEvent")[2]
    assert [name for name in ("requested", "cancelled", "completed", "failed") if f'"a/sync.{name}"' in text] == [
        "requested",
        "cancelled",
    ]


def test_functions_take_what_starts_them_unless_they_say_otherwise() -> None:
    text = exported("""
events: {a/b: {data: {x: string}}, a/c: {data: {x: string}}}
functions:
  both: {triggers: {event: a/*}, returns: "list[string]?"}
  failed: {triggers: {event: inngest/function.failed}}
  invoked: {input: {n: integer}}
  nightly: {triggers: {cron: "0 0 * * *"}}
""")
    assert '  "both": {\n    input: AB | AC;\n    result: string[] | null;\n  };\n' in text
    assert '  "failed": {\n    input: InngestFunctionFailed;\n    result: null;\n  };\n' in text
    assert "    input: {\n      /** @asType integer */\n      n: number;\n    };\n" in text
    assert '  "nightly": {\n    input: null;\n    result: null;\n  };\n' in text


def test_an_empty_project_is_a_module() -> None:
    text = exported("")
    assert "export type Events = {};\n" in text
    assert "export type SentEvent = never;\n" in text


@pytest.mark.parametrize("version", ["3", "4"])
def test_inngests_sdk_takes_the_types_and_refuses_what_does_not_fit(
    version: str, compile_typescript: Callable[[str], str], tmp_path: Path
) -> None:
    for name in ("export/shop/shop.yaml", "generate/kinds/specs/kinds.yaml"):
        loaded = load_files({name: (ROOT / "tests/golden" / name).read_text()})
        assert loaded.project is not None
        text = render_typescript(loaded.project, Remarks(), declares_events=version == "4")
        (tmp_path / f"{Path(name).stem}.ts").write_text(text)
    program = Path(__file__).with_name(f"inngest_{version}.ts.txt").read_text()
    (tmp_path / "program.ts").write_text(program)
    assert compile_typescript(version) == ""
    (tmp_path / "program.ts").write_text(program.replace("// @ts-expect-error", "//"))
    (tmp_path / "node_modules").unlink()
    assert compile_typescript(version).count("error TS") >= program.count("// @ts-expect-error ")
