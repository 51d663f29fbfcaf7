"""Declared steps: what the model says about them. Their mistakes are in tests/golden/specs/step-mistakes."""

from pathlib import Path

import pytest

from surestep_dsl.class_names import class_names
from surestep_dsl.datatypes import Field, Named, ObjectOf, Scalar, ScalarKind
from surestep_dsl.flow import Backoff, Lookback
from surestep_dsl.load import load_files
from surestep_dsl.model import (
    FunctionDef,
    InvokeStep,
    RunStep,
    SendStep,
    SleepStep,
    SleepUntilStep,
    StepDef,
    WaitStep,
)

STEPS = Path(__file__).parents[2] / "golden/specs/steps/shop.yaml"
HEAD = "spec: 1\napp: shop\n"


def function(text: str) -> FunctionDef:
    loaded = load_files({"a.yaml": f"{HEAD}events: {{a/a: {{}}, a/b: {{}}}}\nfunctions: {{f: {text}}}"})
    assert loaded.project is not None, loaded.errors
    return loaded.project.functions["f"]


def test_every_kind_of_step_is_read() -> None:
    project = load_files({"a.yaml": STEPS.read_text(encoding="utf-8")}).project

    assert project is not None
    assert project.functions["process-order"].steps == (
        RunStep("get-user", returns=Named("User"), retries=2, timeout_ms=30_000),
        RunStep("process-batch", repeats=True, returns=Named("BatchResult"), backoff=Backoff(1_000)),
        RunStep("log", "Writes a line."),
        RunStep("count", returns=ObjectOf((Field("done", Scalar(ScalarKind.INTEGER)),))),
        SleepStep("wait-for-payment", 3_600_000),
        SleepUntilStep("morning"),
        WaitStep("payment", "shop/payment.success", 86_400_000, match="data.orderId", lookback=Lookback.RUN),
        WaitStep(
            "any-failure",
            "inngest/function.failed",
            86_400_000,
            condition='async.data.function_id == "shop-generate-report"',
        ),
        InvokeStep("report", "generate-report", 600_000),
        SendStep("fan-out", ("email/welcome.send",)),
        SendStep("one", ("email/welcome.send",), repeats=True),
    )


def test_no_steps_and_none_declared_are_two_things() -> None:
    assert function("{}").steps is None
    assert function("{steps: {}}").steps == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}", None),
        ("{emits: []}", ()),
        ("{steps: {}}", ()),
        ("{steps: {one: {send: [a/b, a/a]}}}", ("a/a", "a/b")),
        ("{emits: [a/b, a/a], steps: {one: {send: a/b}}}", ("a/a", "a/b")),
    ],
)
def test_what_a_function_sends_is_what_it_states_and_what_its_steps_send(
    text: str, expected: tuple[str, ...] | None
) -> None:
    assert function(text).sends == expected


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("{sleep: 999ms}", None),
        ("{sleep: 1s}", SleepStep("s", 1_000)),
        ("{sleep: 366d}", SleepStep("s", 31_622_400_000)),
        ("{run: null, retries: 0}", RunStep("s", retries=0)),
        ("{run: null, retries: 20}", RunStep("s", retries=20)),
        ("{run: null, retries: -1}", None),
        ("{run: null, timeout: 0s}", None),
        ("{sleep_until: {a: 1}}", None),
        ("{sleep_until:}", None),
        ("{wait_for_event: a/a, match: data.x, timeout: 1h, repeats: 1}", None),
    ],
)
def test_ranges_of_steps(step: str, expected: StepDef | None) -> None:
    project = load_files({"a.yaml": f"{HEAD}functions: {{f: {{steps: {{s: {step}}}}}}}"}).project

    assert (project and project.functions["f"].steps) == (expected and (expected,))


def test_objects_in_results_of_steps_have_classes_named_after_function_and_step() -> None:
    project = load_files({"a.yaml": STEPS.read_text(encoding="utf-8")}).project

    assert project is not None
    assert [found.name for found in class_names(project) if found.path[0] == "functions"] == [
        "GenerateReportInput",
        "ProcessOrderCountResult",
    ]
