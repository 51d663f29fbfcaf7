"""Random modules of handlers: nothing changes without need, and what changes is the annotation alone."""

import re
from dataclasses import replace

from hypothesis import given, strategies as st

from surestep_codegen.plan.index import Index, Layout
from surestep_codegen.plan.project import plan_project
from surestep_codegen.sync.bindings import find_names
from surestep_codegen.sync.handlers import find_handlers
from surestep_codegen.sync.mend import Task, mend_file
from surestep_codegen.sync.source_file import RefusalError, parse_file
from surestep_codegen.sync.survey import _generated
from surestep_codegen.sync.wanted import find_wanted_handlers
from surestep_dsl.load import load_files

PROJECT = load_files(
    {
        "shop.yaml": "spec: 1\napp: shop\nevents: {order/created: {}}\n"
        "functions:\n  process-order: {triggers: {event: order/created}, returns: string, on_failure: true}\n"
    }
).project
assert PROJECT is not None
LAYOUT = Layout("shop.contract", "shop.handlers")
WANTED = find_wanted_handlers(Index(PROJECT, LAYOUT))
TASK = Task(WANTED, {"process_order"}, (), (), _generated(plan_project(PROJECT, LAYOUT), LAYOUT))
MODULE = "shop.contract.functions.process_order"
CLASSES = ("ProcessOrderContext", "ProcessOrderFailureContext", "ProcessOrderResult", "ProcessOrderStep")

SPACE = st.sampled_from(["", " ", "  ", "\t"])
GAP = st.sampled_from([" ", "  ", "\t"])
NOISE = st.sampled_from(
    [
        "",
        "\n",
        "# Kommentar: grün ✓ \t\n",
        "x  =  1 ;y=2\n",
        "if  True :\n\tz = '@process_order'\n",
        "text = '''\n@process_order\nasync def handle(ctx: ProcessOrderResult): ...\n'''\n",
        "\x0c\n",
        "wide = 'ä\u2028ö\x0b'; more = \\\n    1\n",
        "def plain( a:int , b = '''\n''' )->int : return a\n",
        "class Other :\n\tdef handle( self ) : ...\n",
    ]
)


@st.composite
def imports(draw: st.DrawFn) -> str:
    """Everything that the handlers need, one way or another."""
    names = draw(st.permutations([*CLASSES, "process_order"]))
    match draw(st.integers(0, 3)):
        case 0:
            comma = draw(st.sampled_from([",", ", ", " ,\t", ", \\\n\t"]))
            return f"from{draw(GAP)}{MODULE}{draw(GAP)}import{draw(GAP)}{comma.join(names)}{draw(SPACE)}\n"
        case 1:
            margin, comment = draw(GAP), draw(st.sampled_from(["", "  # why", " #"]))
            last = draw(st.sampled_from([",", ""]))
            return f"from {MODULE} import ({comment}\n{margin}" + f",{comment}\n{margin}".join(names) + f"{last}\n)\n"
        case 2:
            return f"from ..contract.functions.process_order import {', '.join(names)}; import os\n"
        case _:
            return "".join(f"from {MODULE} import {name}{draw(SPACE)}\n" for name in names)


@st.composite
def handler(draw: st.DrawFn, name: str, role: str, context: str, result: str) -> str:
    """A decorated function with odd spacing."""
    quote = draw(st.sampled_from(["", '"', "'"]))
    slash = draw(st.sampled_from(["", ",", ", /", " # end\n"]))
    space = [draw(SPACE) for _ in range(8)]
    return (
        f"@{space[0]}process_order{role}{space[1]}\n"
        f"async{draw(GAP)}def{draw(GAP)}{name}{space[2]}({space[3]}ctx{space[4]}:{space[5]}{quote}{context}{quote},"
        f"{draw(st.sampled_from(['', chr(10), ' # first' + chr(10)]))} step :{space[6]}ProcessOrderStep{slash})"
        f"{space[7]}->{space[6]}{result}{space[5]}:{draw(st.sampled_from([' ...', chr(10) + chr(9) + 'pass']))}\n"
    )


@st.composite
def modules(draw: st.DrawFn) -> str:
    """A module in step with the spec."""
    docstring = draw(st.sampled_from(["", '"""Orders."""\n', "'''Orders\n\nin two parts'''\n"]))
    parts = [
        imports(),
        handler("handle", "", "ProcessOrderContext", "ProcessOrderResult"),
        handler("handle_failure", ".on_failure", "ProcessOrderFailureContext", "None"),
    ]
    return docstring + "".join(draw(NOISE) + draw(part) for part in parts) + draw(NOISE)


def encoded(text: str, newline: str, *, mark: bool, is_open: bool) -> bytes:
    return (b"\xef\xbb\xbf" if mark else b"") + (text.rstrip("\n") if is_open else text).replace("\n", newline).encode()


def mended(content: bytes) -> bytes:
    file = parse_file("shop/handlers/process_order.py", content)
    found = {(one.stem, one.role) for one in find_handlers(file, find_names(file), LAYOUT.package, TASK.stems)}
    return mend_file(file, replace(TASK, missing=[one for key, one in WANTED.items() if key not in found]))


NEWLINES = st.sampled_from(["\n", "\r\n", "\r"])


@given(modules(), NEWLINES, st.booleans(), st.booleans())
def test_a_module_in_step_is_not_touched(text: str, newline: str, mark: bool, is_open: bool) -> None:
    content = encoded(text, newline, mark=mark, is_open=is_open)
    assert mended(content) == content


@given(modules(), NEWLINES, st.booleans(), st.booleans(), st.sampled_from(CLASSES))
def test_a_class_that_was_renamed_gets_its_new_name_and_nothing_else_changes(
    text: str, newline: str, mark: bool, is_open: bool, name: str
) -> None:
    text = text.replace("def handle(ctx: ProcessOrderResult): ...", "")  # a text that speaks of it stays as it is
    after = mended(encoded(text.replace(name, "AnOlderName"), newline, mark=mark, is_open=is_open))
    assert after == encoded(text, newline, mark=mark, is_open=is_open)


@given(modules(), NEWLINES, st.booleans(), st.booleans(), st.data())
def test_after_a_mend_nothing_is_left_to_mend(
    text: str, newline: str, mark: bool, is_open: bool, data: st.DataObject
) -> None:
    start = max(found.start() for found in re.finditer(r"^@\s*process_order\.on_failure", text, re.MULTILINE))
    part = data.draw(st.sampled_from(CLASSES))
    other = data.draw(st.sampled_from(CLASSES))
    head = re.sub(rf"(:\s*){part}\b", rf"\1{other}", text[:start])
    text = head + data.draw(st.sampled_from(["", text[start:]]))
    once = mended(encoded(text, newline, mark=mark, is_open=is_open))
    assert mended(once) == once
    assert b"on_failure" in once


PIECES = st.sampled_from(
    [
        "process_order",
        "ProcessOrderContext",
        "ProcessOrderStep",
        "@",
        "\n",
        "    ",
        "import ",
        "from x import *\n",
        "if x:\n    ",
        "(",
        ")",
        ",",
        ": ",
        " -> ",
        "None",
        ".on_failure",
        '"',
        "\\\n",
        "# ",
        ";",
        "global process_order\n",
        "ä",
    ]
)


@given(modules(), NEWLINES, st.lists(st.tuples(st.integers(0, 2_000), st.integers(0, 30), PIECES), max_size=4))
def test_any_damage_is_mended_once_or_refused(text: str, newline: str, damage: list[tuple[int, int, str]]) -> None:
    for start, length, piece in damage:
        place = start % (len(text) + 1)
        text = text[:place] + piece + text[place + length :]
    try:
        once = mended(encoded(text, newline, mark=False, is_open=False))
    except RefusalError:
        return
    assert mended(once) == once
