"""Jobs: what they stand for. Their mistakes are in tests/golden/specs/job-mistakes."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from surestep_dsl.datatypes import EnumOf, Field, Named, ObjectOf, Scalar, ScalarKind
from surestep_dsl.expand import expand_jobs
from surestep_dsl.flow import CancelOn, CronTrigger, EventTrigger, FunctionOptions, Retries, Singleton, SingletonMode
from surestep_dsl.load import load_files
from surestep_dsl.model import EventDef, FunctionDef, JobDef, Project
from surestep_dsl.nodes import Entry, MappingNode, Node, ScalarNode, SequenceNode, SourceText, Style
from surestep_dsl.source import parse_source
from surestep_dsl.yaml_text import render_nodes

JOBS = (Path(__file__).parents[2] / "golden/specs/jobs/isp.yaml").read_text(encoding="utf-8")
HEAD = "spec: 1\napp: isp\n"
STRING, INTEGER, BOOLEAN = Scalar(ScalarKind.STRING), Scalar(ScalarKind.INTEGER), Scalar(ScalarKind.BOOLEAN)
STATS = ObjectOf((Field("processed", INTEGER), Field("errors", INTEGER)))


def project(*texts: str) -> Project:
    loaded = load_files({f"{at}.yaml": text for at, text in enumerate(texts)})
    assert loaded.project is not None, loaded.errors
    return loaded.project


def test_a_job_declares_four_events() -> None:
    events = project(JOBS).events

    assert [events[f"provider/sync.{name}"] for name in ("requested", "completed", "failed", "cancelled")] == [
        EventDef(
            "provider/sync.requested",
            (
                Field("triggered_by", EnumOf(("cron", "manual"))),
                Field("log_id", STRING, optional=True),
                Field("options", ObjectOf((Field("dryRun", BOOLEAN, optional=True),)), optional=True),
            ),
            description="Asks for a run.",
        ),
        EventDef(
            "provider/sync.completed", (Field("log_id", STRING), Field("stats", STATS)), description="A run is done."
        ),
        EventDef(
            "provider/sync.failed",
            (Field("log_id", STRING), Field("error", STRING), Field("attempt", INTEGER)),
            description="A run failed for good.",
        ),
        EventDef("provider/sync.cancelled", (Field("log_id", STRING),), description="Stops the run with this log id."),
    ]


def test_a_job_declares_a_function() -> None:
    assert project(JOBS).functions["provider-sync"] == FunctionDef(
        FunctionOptions(
            "provider-sync",
            triggers=(CronTrigger("0 0 * * *", "Africa/Johannesburg"), EventTrigger("provider/sync.requested")),
            retries=Retries(3),
            singleton=Singleton(SingletonMode.SKIP),
            cancel_on=(CancelOn("provider/sync.cancelled", match="data.log_id"),),
        ),
        trigger_events=("provider/sync.requested",),
        returns=STATS,
    )


def test_types_by_name_and_further_cancelling_events_are_taken_over() -> None:
    function = project(JOBS).functions["provider-check"]

    assert function.returns == Named("SyncStats")
    assert [cancel.event for cancel in function.options.cancel_on] == [
        "provider/check.cancelled",
        "provider/sync.failed",
    ]


def test_the_project_remembers_what_came_from_a_job() -> None:
    jobs = project(JOBS).jobs

    assert list(jobs) == ["provider/check", "provider/nothing", "provider/sync"]
    job = jobs["provider/sync"]
    assert job == JobDef("provider/sync")
    assert (job.function, job.requested, job.completed, job.failed, job.cancelled) == (
        "provider-sync",
        "provider/sync.requested",
        "provider/sync.completed",
        "provider/sync.failed",
        "provider/sync.cancelled",
    )


def test_findings_in_what_a_job_stands_for_point_into_the_job() -> None:
    places = project(JOBS).places

    assert places["functions", "provider-sync"].line == 6
    assert places["functions", "provider-sync", "triggers", 0, "cron"].line == 7
    assert places["events", "provider/sync.completed", "data", "stats", "fields", "errors"].line == 10
    assert places["functions", "provider-check", "cancel_on", 1, "if"].line == 16


def test_jobs_in_two_files_are_one_job_too_many() -> None:
    found = load_files({"a.yaml": f"{HEAD}jobs: {{a/b: {{}}}}", "b.yaml": "spec: 1\njobs: {a/b: {}}"}).diagnostics

    assert [(one.code, one.span.file) for one in found] == [("S115", "b.yaml")]


TRICKY = f"""{HEAD}
types: {{Level: "enum[1, 2]", "Texts": "list[string]"}}
jobs:
  a/b:
    name: 'It''s: a "job" # really'
    description: |
      Two
        lines \\ and a tab\t.
    cron: '*/5 0-6,22 1,15 jan-mar mon'
    options:
      'no': {{type: string, default: "yes", examples: ["1", 'null', ~x], pattern: '^[^:]*\\d?$'}}
      "two words?": {{type: Level, default: 2}}
      ключ: {{type: Texts, default: [], examples: [[a, "b: c"], []]}}
      maybe: {{type: "string?", default: ~}}
      low: {{type: number, min: -1.5, default: .5}}
      nested: {{fields: {{}}}}
    stats: {{}}
    concurrency: 2
    priority: "has(event.data.options) ? -5 : 0"
    steps: {{wait: {{wait_for_event: a/b.failed, if: async.data.error != "\\u0085\\U0001F600", timeout: 1h}}}}
"""


@pytest.mark.parametrize("text", [JOBS, TRICKY])
def test_the_long_form_loads_to_an_equal_project(text: str) -> None:
    before, _, after = text.partition("jobs:\n")
    rest = before + "".join(line for line in after.splitlines(keepends=True) if not line.startswith((" ", "\n")))
    one, other = project(text), project(rest, expand_jobs([SourceText("a.yaml", text)]))

    assert other.jobs == {}
    assert replace(one, jobs={}, places={}) == replace(other, places={})


def test_without_jobs_there_is_no_long_form() -> None:
    assert expand_jobs([SourceText("a.yaml", HEAD), SourceText("b.yaml", "")]) == ""


def texts_in(node: Node) -> object:
    match node:
        case ScalarNode(text=text, style=style):
            return text, style is Style.PLAIN
        case MappingNode(entries=entries):
            return [(entry.key.text, texts_in(entry.value)) for entry in entries]
        case SequenceNode(items=items):
            return [texts_in(item) for item in items]


SOURCE = SourceText("a", "")
NUMBERS = st.sampled_from(["1", "-1", "+1", ".5", "-0.5", "1e3", "0x1F", "true", "null", "~", "08", "no"])
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=9).filter(lambda text: "\r" not in text)
SCALARS = st.one_of(
    NUMBERS.map(lambda text: ScalarNode(SOURCE, 0, 0, text, Style.PLAIN)),
    WORDS.map(lambda text: ScalarNode(SOURCE, 0, 0, text, Style.DOUBLE)),
)
NODES: st.SearchStrategy[Node] = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: SequenceNode(SOURCE, 0, 0, tuple(items))),
        st.dictionaries(WORDS, inner, max_size=3).map(
            lambda found: MappingNode(
                SOURCE,
                0,
                0,
                tuple(Entry(ScalarNode(SOURCE, 0, 0, key, Style.DOUBLE), value) for key, value in found.items()),
            )
        ),
    ),
    max_leaves=8,
)


@given(NODES)
def test_rendered_nodes_read_as_they_were(node: Node) -> None:
    parsed = parse_source(SourceText("a.yaml", render_nodes(node)))

    assert parsed.diagnostics == ()
    assert parsed.root is not None
    assert texts_in(parsed.root) == texts_in(node)
