"""Two functions that would run one handler."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from surestep_dsl.checks.view import Check, View
from surestep_dsl.diagnostics import Diagnostic
from surestep_dsl.model import Path
from surestep_dsl.names import module_name

__all__ = ["CHECK"]


def find_shared_handlers(view: View) -> Iterator[Diagnostic]:
    """Each function has a handler of its own.

    `process-order` is handled by `handle` in the module `process_order` under the setting `handlers`;
    `handler: module:name` names another place.
    """
    paths: dict[str, list[Path]] = defaultdict(list)
    for function_id, function in view.project.functions.items():
        path: Path = ("functions", function_id)
        if function.handler is not None:
            paths[function.handler].append((*path, "handler"))
        elif view.handlers:
            paths[f"{view.handlers}.{module_name(function_id)}:handle"].append(path)
    for handler, equal in paths.items():
        if len(equal) > 1:
            yield view.find_at_last("F107", f"two functions have the handler `{handler}`", equal)


CHECK: Final = Check(
    codes=("F107",),
    find=find_shared_handlers,
    valid=("functions: {a: {handler: 'shop:a'}, b: {handler: 'shop:b'}}",),
    invalid=(("functions: {a: {handler: 'shop:a'}, b: {handler: 'shop:a'}}", "F107"),),
)
