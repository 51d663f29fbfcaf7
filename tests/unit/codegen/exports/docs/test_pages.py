"""The pages as written: what they say, that no text of a spec becomes markup, and that every link leads somewhere."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt
from typing_extensions import override

from surestep_codegen.exports.docs.links import anchor
from surestep_codegen.exports.docs.plan import plan_docs
from surestep_codegen.render import render_docs
from surestep_dsl.load import load_files, load_project
from surestep_dsl.model import Project

ROOT = Path(__file__).parents[5]
HOSTILE = "</p><script>alert(\\\"1\\\")</script> 'quoted' | `code` # {{ 7 * 7 }}"
SPEC = f"""\
spec: 1
app: shop
description: "{HOSTILE}"
types:
  Line: {{description: "{HOSTILE}", fields: {{sku: string}}}}
  Kind: {{enum: {{a: "{HOSTILE}", b: B}}}}
events:
  "odd <b> & 'name'": {{description: "{HOSTILE}", data: {{"<i>": {{type: string, default: "<u>"}}}}}}
  order/created:
    version: b
    previous: [{{version: "<em>", data: {{id: integer}}}}]
    data: {{lines: "list[Line]", kind?: Kind}}
    examples: [{{lines: [{{sku: "</pre><script>"}}]}}]
functions:
  process-order:
    name: "{HOSTILE}"
    triggers: {{event: order/created, if: event.data.kind == "a"}}
    emits: []
  on-any: {{triggers: {{event: order/*}}, input: {{lines: "list[Line]"}}, returns: Line, emits: [order/created]}}
"""


class Reader(HTMLParser):
    """Collects tags, ids, links and the text between."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.ids: set[str] = set()
        self.hrefs: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(text)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self.ids.update(value for name, value in attrs if name == "id" and value)
        self.hrefs.update(value for name, value in attrs if name == "href" and value)

    @override
    def handle_data(self, data: str) -> None:
        self.text += data


def project_of(spec: str = SPEC) -> Project:
    loaded = load_files({"shop.yaml": spec}, severities={"V201": None, "G101": None})
    assert loaded.project is not None, loaded.errors
    return loaded.project


def pages(format_: str, *, is_one: bool = False, project: Project | None = None) -> dict[str, str]:
    return render_docs(plan_docs(project or project_of(), "" if is_one else f".{format_}"), format_)


def html_of(format_: str, text: str) -> str:
    return text if format_ == "html" else MarkdownIt("commonmark").enable("table").render(text)


@pytest.mark.parametrize("is_one", [True, False])
@pytest.mark.parametrize("format_", ["md", "html"])
def test_no_text_of_a_spec_becomes_markup(format_: str, is_one: bool) -> None:
    for text in pages(format_, is_one=is_one).values():
        reader = Reader(html_of(format_, text))
        assert reader.tags.isdisjoint({"script", "b", "i", "u", "img", "link", "iframe"})
        assert not any(name.startswith("on") or name == "src" for name in reader.attributes)
    whole = Reader(html_of(format_, pages(format_, is_one=True)[""])).text
    shown = " ".join(whole.split())
    assert shown.count("</p><script>alert(\"1\")</script> 'quoted' | `code` # {{ 7 * 7 }}") == 5
    assert "odd <b> & 'name'" in shown
    assert '"</pre><script>"' in shown


@pytest.mark.parametrize("specs", ["specs", "tests/golden/generate/kinds/specs", "tests/golden/export/shop"])
@pytest.mark.parametrize("is_one", [True, False])
@pytest.mark.parametrize("format_", ["md", "html"])
def test_every_link_leads_somewhere(format_: str, is_one: bool, specs: str) -> None:
    project = load_project(["."], ROOT / specs).project
    assert project is not None
    found = pages(format_, is_one=is_one, project=project)
    readers = {file: Reader(html_of(format_, text)) for file, text in found.items()}
    for file, reader in readers.items():
        for href in reader.hrefs - {"#"}:
            target, _, name = href.partition("#")
            assert target in {*readers, ""}, href
            assert not name or unquote(name) in {unquote(known) for known in readers[target or file].ids}, href


def test_html_needs_nothing_from_elsewhere() -> None:
    for text in pages("html").values():
        assert re.findall(r"https?://|@import|url\(", text) == []


def test_anchors_depend_on_kind_and_name_alone() -> None:
    assert anchor("event", "order/created") == "event-order/created"
    assert anchor("event", "Größe <b>") == "event-Gr%C3%B6%C3%9Fe%20%3Cb%3E"
    assert '<a id="event-order/created"></a>' in pages("md")["events.md"]
    assert '<article id="event-order/created">' in pages("html")["events.html"]


def test_sections_without_entries_have_no_page() -> None:
    project = project_of("spec: 1\napp: shop\nevents: {order/created: {}}\n")
    assert list(pages("md", project=project)) == ["index.md", "events.md"]
    assert "flowchart" not in pages("md", project=project)["index.md"]


def test_a_field_says_all_that_the_spec_says() -> None:
    project = project_of("""\
spec: 1
app: shop
events:
  a/b:
    data:
      plain: string
      full?: {type: "list[string]?", max_items: 3, description: Why., deprecated: true,
        sensitive: true, examples: [[a]]}
      inner: {items: {fields: {n: {type: integer, min: 1, default: 2}}}}
""")
    rows = [line for line in pages("md", project=project)["events.md"].splitlines() if line.startswith("| `")]
    assert rows == [
        "| `plain` | `string` | yes |  |",
        '| `full` | `list[string]?` | no | **deprecated** **sensitive** Why.<br>`max items 3`, `for example ["a"]` |',
        "| `inner` | `list[object]` | yes |  |",
        "| `inner[].n` | `integer` | no | `min 1`, `default 2` |",
    ]


def test_a_function_says_who_starts_it_and_what_it_sends() -> None:
    text = pages("md")["functions.md"]
    assert '- Trigger: [`order/created`](events.md#event-order/created) `if event.data.kind == "a"`\n' in text
    assert "- Returns: [`Line`](types.md#type-Line)\n- Started by: [`order/created`]" in text
    assert "- Sends: [`order/created`](events.md#event-order/created)\n" in text


def test_an_example_is_the_specs_own_or_made_from_the_types() -> None:
    text = pages("md")["events.md"]
    assert 'Example:\n\n```json\n{\n  "lines": [\n    {\n      "sku": "</pre><script>"' in text
    assert 'An example made from the types:\n\n```json\n{\n  "<i>": "<u>"\n}\n```\n' in text


def test_jobs_are_listed_with_what_their_events_are_for() -> None:
    project = project_of("spec: 1\napp: shop\njobs: {a/sync: {cron: 0 0 * * *, stats: {done: integer}}}\n")
    text = pages("md", project=project)["jobs.md"]
    assert "- Runs at: `0 0 * * * UTC`\n- Done by: [`a-sync`](functions.md#function-a-sync)\n" in text
    assert "- [`a/sync.failed`](events.md#event-a/sync.failed) tells that a run failed for good\n" in text


def test_a_graph_too_large_to_be_drawn_is_left_out() -> None:
    functions = "".join(f"  f{at}: {{triggers: {{event: a/b}}}}\n" for at in range(501))
    project = project_of(f"spec: 1\napp: shop\nevents: {{a/b: {{}}}}\nfunctions:\n{functions}")
    assert plan_docs(project, "").graph == ""
