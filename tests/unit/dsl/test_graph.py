"""Who sends, handles, waits for, cancels and invokes what; and that no name breaks out of its quotes."""

import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from surestep_dsl.graph import Edge, Graph, Node, NodeKind, build_graph
from surestep_dsl.graph_text import render_dot, render_mermaid
from surestep_dsl.load import load_files
from surestep_dsl.model import Project

SPEC = (Path(__file__).parents[2] / "golden/specs/graph/shop.yaml").read_text(encoding="utf-8")
HOSTILE = [
    'a"]; b',
    "a\\",
    'a\\"',
    "-->",
    "#quot;",
    "<script>",
    "`a`",
    "a\nb",
    "%%{init}%%",
    "];}",
    "é",
    "end",
    "&amp;",
]
CHECK, SETTLE = Node(NodeKind.FUNCTION, "check"), Node(NodeKind.FUNCTION, "settle")


def project_of(text: str) -> Project:
    project = load_files({"a.yaml": text}, severities={"G101": None}).project
    assert project is not None
    return project


def event(name: str) -> Node:
    return Node(NodeKind.EVENT, name)


def step(step_id: str) -> Node:
    return Node(NodeKind.STEP, "check", step_id)


def test_edges_say_who_acts_on_whom() -> None:
    edges = build_graph(project_of(SPEC)).edges

    assert [edge for edge in edges if edge.target.name in ("check", "settle") or edge.source.name == "check"] == [
        Edge(event("order/priced"), CHECK, "starts"),
        Edge(event("payment/received"), step("payment"), "answers", is_conditional=True),
        Edge(step("tell"), event("order/checked"), "sends"),
        Edge(step("ship"), event("order/shipped"), "sends"),
        Edge(step("again"), SETTLE, "invokes"),
        Edge(event("order/checked"), SETTLE, "starts", is_conditional=True),
        Edge(event("order/shipped"), SETTLE, "cancels", is_conditional=True),
    ]


def test_what_the_runtime_sends_for_a_job_and_its_schedule_are_shown() -> None:
    graph = build_graph(project_of(SPEC))
    job = next(node for node in graph.nodes if node.name == "order-sync")

    assert job.notes == ("0 0 * * * UTC",)
    assert [edge.target.name for edge in graph.edges if edge.source == job] == [
        "order/sync.completed",
        "order/sync.failed",
    ]


def test_system_events_appear_where_they_are_used() -> None:
    text = "spec: 1\napp: shop\nfunctions: {f: {triggers: {event: inngest/function.failed}}}"

    assert build_graph(project_of(text)).nodes == (event("inngest/function.failed"), Node(NodeKind.FUNCTION, "f"))


def test_the_order_of_declarations_makes_no_difference() -> None:
    head, functions = SPEC.partition("functions:\n")[::2]
    lines = functions.partition("jobs:")[0].splitlines(keepends=True)
    turned = head + "functions:\n" + lines[-1] + "".join(lines[:-1]) + SPEC[SPEC.index("jobs:") :]

    assert render_dot(build_graph(project_of(turned))) == render_dot(build_graph(project_of(SPEC)))


MERMAID_LINE = re.compile(
    r'flowchart LR|  subgraph g\d+\["[^"]*"\]|  end|(?:  )?  n\d+(\(\[|\[|\()"[^"]*"(\]\)|\]|\))'
    r"|  n\d+ (-- \w+ -->|-\. \w+ \.->) n\d+"
)
DOT_TEXT = r'"(?:[^"\\\n]|\\.)*"'
DOT_LINE = re.compile(
    rf"digraph {{|  rankdir=LR;|  subgraph {DOT_TEXT} {{|    label={DOT_TEXT};|(?:  )?}}"
    rf"|(?:  )?  {DOT_TEXT} \[label={DOT_TEXT}, shape=\w+\];"
    rf"|  {DOT_TEXT} -> {DOT_TEXT} \[label={DOT_TEXT}(, style=dashed)?\];"
)


def hostile_graph(names: list[str]) -> Graph:
    nodes = [event(name) for name in names]
    inner = [Node(NodeKind.FUNCTION, "f", notes=tuple(names)), Node(NodeKind.STEP, "f", "s")]
    return Graph((*nodes, *inner), tuple(Edge(node, inner[0], "starts") for node in nodes))


@given(st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(min_size=1)), unique=True, max_size=5))
def test_no_name_breaks_the_form(names: list[str]) -> None:
    graph = hostile_graph(names)

    assert [line for line in render_mermaid(graph).split("\n")[:-1] if not MERMAID_LINE.fullmatch(line)] == []
    assert [line for line in render_dot(graph).split("\n")[:-1] if not DOT_LINE.fullmatch(line)] == []


@pytest.mark.parametrize("name", HOSTILE)
def test_names_can_be_read_back(name: str) -> None:
    mermaid, dot = render_mermaid(hostile_graph([name])), render_dot(hostile_graph([name]))
    shown = mermaid.split('"')[1]
    label = dot.split('[label="', 1)[1].split('", shape', 1)[0]

    assert unescape(re.sub(r"#(\d+);", r"&#\1;", shown)) == name
    assert re.sub(r"\\(.)", lambda match: "\n" if match[1] == "n" else match[1], label) == name


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_graphviz_reads_what_is_rendered() -> None:
    graph = hostile_graph(HOSTILE)
    plain = subprocess.run(
        ["dot", "-Tplain"], input=render_dot(graph), capture_output=True, text=True, check=True, timeout=300
    ).stdout

    assert len(re.findall(r"^node ", plain, re.MULTILINE)) == len(graph.nodes)
    assert len(re.findall(r"^edge ", plain, re.MULTILINE)) == len(graph.edges)
