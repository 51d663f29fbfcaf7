"""Use of deprecated events and types."""

from collections.abc import Iterator
from typing import Final

from surestep_dsl.checks.view import Check, View
from surestep_dsl.codes import find
from surestep_dsl.diagnostics import Diagnostic
from surestep_dsl.parse.reader import UseKind

__all__ = ["CHECK"]


def find_deprecated_uses(view: View) -> Iterator[Diagnostic]:
    """Whatever is marked `deprecated: true` still works, and each use of it gets a warning.

    Deprecated fields are reported where an expression or an id template reads them.
    """
    for use in view.uses:
        if use.kind is UseKind.INVOKE:
            continue  # functions are never deprecated
        if use.kind in (UseKind.TYPE, UseKind.OBJECT_TYPE):
            definition = view.project.types.get(use.name)
            if definition is not None and definition.deprecated:
                yield find("T201", f"the type `{use.name}` is deprecated", use.span)
        elif (event := view.project.events.get(use.name)) is not None and event.deprecated:
            yield find("T201", f"the event `{use.name}` is deprecated", use.span)


_OLD: Final = "events: {shop/old: {deprecated: true}}\n"

CHECK: Final = Check(
    codes=("T201",),
    find=find_deprecated_uses,
    valid=(_OLD, "types: {Old: {type: string, deprecated: true}}"),
    invalid=(
        (f"{_OLD}functions: {{f: {{triggers: {{event: shop/old}}}}}}", "T201"),
        (f"{_OLD}functions: {{f: {{emits: [shop/old]}}}}", "T201"),
        ("types: {Old: {type: string, deprecated: true}, New: {fields: {old: Old}}}", "T201"),
        (
            """
events: {shop/order.created: {id: "o-{n}", data: {n: {type: string, deprecated: true}}}}
""",
            "T201",
        ),
    ),
)
