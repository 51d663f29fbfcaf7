"""What is changed in a module of handlers, and that nothing else is."""

from collections.abc import Callable
from typing import TypeAlias

Mend: TypeAlias = Callable[..., str]

IMPORTS = """\
from shop.contract.functions.process_order import (
    ProcessOrderContext,
    ProcessOrderFailureContext,
    ProcessOrderResult,
    ProcessOrderStep,
    process_order,
)
"""
HANDLER = """

@process_order
async def handle(ctx: ProcessOrderContext, step: ProcessOrderStep) -> ProcessOrderResult:
    return "done"
"""
FAILURE = """

@process_order.on_failure
async def handle_failure(ctx: ProcessOrderFailureContext, step: ProcessOrderStep) -> None:
    raise NotImplementedError("write the failure handler of process-order")
"""
ALL = IMPORTS + HANDLER + FAILURE


def test_a_module_in_step_stays_as_it_is(mend: Mend) -> None:
    assert mend(ALL) == ALL


def test_a_missing_failure_handler_is_appended(mend: Mend) -> None:
    assert mend(IMPORTS + HANDLER) == ALL


def test_what_a_new_handler_needs_is_imported_in_its_place(mend: Mend) -> None:
    assert mend(IMPORTS.replace("    ProcessOrderFailureContext,\n", "") + HANDLER) == ALL


def test_an_import_on_one_line_stays_on_one_line(mend: Mend) -> None:
    before = "from shop.contract.functions.process_order import ProcessOrderResult, process_order  # ours\n"
    after = (
        "from shop.contract.functions.process_order import "
        "ProcessOrderContext, ProcessOrderFailureContext, ProcessOrderResult, ProcessOrderStep, process_order  # ours\n"
    )
    assert mend(before + HANDLER + FAILURE) == after + HANDLER + FAILURE


def test_an_import_that_goes_on_behind_a_backslash_gets_no_line_break(mend: Mend) -> None:
    spec = "spec: 1\napp: shop\nevents: {a/b: {}}\nfunctions:\n  process-order: {triggers: {event: a/b}}\n"
    before = "from shop.contract.functions.process_order import \\\n    process_order\n"
    handler = "@process_order\nasync def handle(ctx: ProcessOrderContext, step: ProcessOrderStep) -> None: ...\n"
    after = before.replace("process_order\n", "ProcessOrderContext, ProcessOrderStep, process_order\n")
    assert mend(before + handler, spec) == after + handler


def test_a_module_without_imports_gets_them_behind_its_docstring(mend: Mend) -> None:
    assert mend('"""Orders."""\n' + HANDLER + FAILURE) == '"""Orders."""\n\n' + IMPORTS + HANDLER + FAILURE


def test_a_module_without_any_statement_gets_everything(mend: Mend) -> None:
    assert mend("# mine\n") == (
        "# mine\n"
        + IMPORTS
        + "\n\n@process_order\n"
        + "async def handle(ctx: ProcessOrderContext, step: ProcessOrderStep) -> ProcessOrderResult:\n"
        + '    raise NotImplementedError("write the handler of process-order")\n'
        + FAILURE
    )


def test_missing_annotations_are_added(mend: Mend) -> None:
    bare = HANDLER.replace(": ProcessOrderContext", "").replace(": ProcessOrderStep", "")
    assert (
        mend(IMPORTS + bare.replace(" -> ProcessOrderResult", " \\\n") + FAILURE)
        == IMPORTS + HANDLER.replace(") -> ProcessOrderResult:", ") -> ProcessOrderResult \\\n:") + FAILURE
    )


def test_annotations_of_other_functions_are_mended_and_quotes_kept(mend: Mend) -> None:
    wrong = HANDLER.replace("ctx: ProcessOrderContext", 'ctx: "ProcessOrderFailureContext"')
    right = HANDLER.replace("ctx: ProcessOrderContext", 'ctx: "ProcessOrderContext"')
    assert mend(IMPORTS + wrong + FAILURE) == IMPORTS + right + FAILURE


def test_a_result_that_the_spec_has_gained_is_annotated(mend: Mend) -> None:
    assert mend(ALL.replace("-> ProcessOrderResult", "-> None")) == ALL


def test_annotations_of_the_users_own_are_left_to_the_type_checker(mend: Mend) -> None:
    own = ALL.replace("-> ProcessOrderResult", "-> str").replace("ctx: ProcessOrderContext", "ctx: Context[Created]")
    assert mend(own) == own


def test_other_names_of_an_import_stay(mend: Mend) -> None:
    other = ALL.replace("    ProcessOrderStep,", "    ProcessOrderStep as Step,").replace(
        ": ProcessOrderStep", ": Step"
    )
    assert mend(other) == other
    assert mend(other.replace("ProcessOrderStep as", "OldStep as")) == other


def test_an_imported_module_is_as_good_as_its_names(mend: Mend) -> None:
    text = (
        "import shop.contract.functions.process_order as po\n\n\n"
        "@po.process_order\nasync def handle(ctx: po.ProcessOrderContext, step: po.ProcessOrderStep) -> str: ...\n\n\n"
        "@po.process_order.on_failure\n"
        "async def handle_failure(ctx: po.ProcessOrderFailureContext, step: po.ProcessOrderStep) -> None: ...\n"
    )
    assert mend(text) == text
    assert mend(text.replace(": po.ProcessOrderContext", ": po.ProcessOrderFailureContext")) == text


def test_renamed_classes_are_renamed_wherever_they_stand(mend: Mend) -> None:
    code = "\n\ndef other(step: ProcessOrderStep) -> None: ...\n"
    assert mend((ALL + code).replace("ProcessOrderStep", "TheStep")) == ALL + code


def test_a_package_of_another_name_is_followed(mend: Mend) -> None:
    events = "from shop.contract.events import OrderCreated\n"
    assert mend((events + ALL).replace("shop.contract", "old.place")) == events + ALL
    assert mend(ALL.replace("from shop.contract.functions", "from ..before.functions")) == ALL


def test_links_in_packages_keep_relative_imports(mend: Mend) -> None:
    relative = ALL.replace("from shop.contract", "from ..contract")
    assert mend(relative) == relative
