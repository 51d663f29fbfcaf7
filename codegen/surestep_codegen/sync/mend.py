"""What has to change in one module of handlers, in three steps that each begin with a parsed file.

First imports from a package of another name, then names of classes, then annotations, imports and handlers that lack.
"""

import builtins
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from surestep_codegen.custom_templates import BUILT_IN, Templates
from surestep_codegen.python import Reference
from surestep_codegen.sync.annotations import (
    Annotated,
    annotations_of,
    has_handler_parameters,
    replace_annotation,
)
from surestep_codegen.sync.bindings import Names, dotted, find_names
from surestep_codegen.sync.handlers import FoundHandler, find_handlers
from surestep_codegen.sync.importing import Importing
from surestep_codegen.sync.renaming import rename_classes, rename_packages
from surestep_codegen.sync.source_file import Edit, SourceFile, apply_edits, parse_file
from surestep_codegen.sync.stubs import render_stubs
from surestep_codegen.sync.wanted import Generated, WantedHandler, WantedUpcaster

__all__ = ["Task", "mend_file"]


@dataclass(frozen=True, slots=True)
class Task:
    """What a file may be held against.

    Attributes:
        wanted: every handler of the project, by the name of its function's module and its role.
        stems: those names.
        missing: those that belong into this file and are nowhere.
        upcasters: those that belong into this file.
        generated: what user code can import.
        templates: how stubs are spelled.
    """

    wanted: Mapping[tuple[str, str | None], WantedHandler]
    stems: Collection[str]
    missing: Sequence[WantedHandler]
    upcasters: Sequence[WantedUpcaster]
    generated: Generated
    templates: Templates = BUILT_IN


def mend_file(file: SourceFile, task: Task) -> bytes:
    """The content as it should be.

    Raises:
        RefusalError: it cannot be decided what that is.
    """
    for step in (_rename_packages, _rename_classes, _complete):
        names = find_names(file)
        found = find_handlers(file, names, task.generated.package, task.stems)
        if edits := list(step(file, names, found, task)):
            file = parse_file(file.path, apply_edits(file.content, edits), file.folder)
    return file.content


def _rename_packages(file: SourceFile, _names: Names, found: list[FoundHandler], task: Task) -> Iterator[Edit]:
    return rename_packages(file, found, task.generated)


def _rename_classes(file: SourceFile, names: Names, found: list[FoundHandler], task: Task) -> Iterator[Edit]:
    return rename_classes(file, names, found, task.wanted, task.generated)


def _complete(file: SourceFile, names: Names, found: list[FoundHandler], task: Task) -> Iterator[Edit]:
    importing = Importing(file, names)
    edits: list[Edit] = []
    for handler in found:
        wanted = task.wanted.get((handler.stem, handler.role))
        if wanted is not None:
            edits += _mend_handler(file, names, handler, wanted, importing)
    edits += _append(file, names, task, importing)
    yield from importing.edits()  # known only now; of edits at one place the imports come first
    yield from edits


def _mend_handler(
    file: SourceFile, names: Names, handler: FoundHandler, wanted: WantedHandler, importing: Importing
) -> Iterator[Edit]:
    if not has_handler_parameters(handler.node):
        message = f"`{handler.node.name}` does not take two parameters, which a handler is called with"
        raise file.refuse("K209", message, handler.node, "give it the parameters `ctx` and `step`")
    if not names.targets(dotted(handler.decorator)[0]):
        importing.local(Reference(wanted.module, wanted.plan.decorator.partition(".")[0], "_"))
    for part in annotations_of(handler.node, wanted.plan):
        if not _is_right(part, names, wanted, importing, file):
            is_none = part.wanted == "None"
            name = "None" if is_none else importing.local(Reference(wanted.module, part.wanted, "_"))
            yield replace_annotation(file, handler.node, part, name)


def _is_right(part: Annotated, names: Names, wanted: WantedHandler, importing: Importing, file: SourceFile) -> bool:
    """Whether an annotation stays: it is the wanted one, or one of the user's own, which the type checker judges."""
    if part.annotation is None:
        return False
    if part.name is None or part.name == part.wanted == "None":
        return True
    if part.name == "None":
        return part.parameter is not None
    first, _, rest = part.name.partition(".")
    targets = names.targets(first)
    if not targets:
        if names.star is not None and not hasattr(builtins, first):
            message = f"a star import may or may not bring `{first}`"
            raise file.refuse("K203", message, names.star, "import by name what the module uses")
        return hasattr(builtins, first)
    spelled = {None if target is None else f"{target}.{rest}".rstrip(".") for target in targets}
    ours = wanted.module.rpartition(".")[0]
    if not any(target is not None and target.startswith(f"{ours}.") for target in spelled):
        return True
    if len(spelled) > 1:
        raise file.refuse(
            "K204", f"`{first}` means more than one thing in this module", part.annotation, "rename one of them"
        )
    result = Reference(wanted.module, wanted.result_name, "_")
    accepted = {*importing.spellings(Reference(wanted.module, part.wanted, "_"))}
    if part.parameter is None:
        accepted |= {*importing.spellings(result)}  # where nothing is returned it is another name of None
    return bool(spelled & accepted)


def _append(file: SourceFile, names: Names, task: Task, importing: Importing) -> Iterator[Edit]:
    """Stubs of what belongs into this file and is nowhere."""
    upcasters = [wanted for wanted in task.upcasters if not names.targets(wanted.lift.upcaster)]
    for wanted in task.missing:
        targets = names.targets(wanted.plan.name)
        if targets - {None}:
            continue  # imported: defined where nobody looks
        if targets:
            message = f"`{wanted.plan.name}` stands where the {wanted.title} belongs, without its decorator"
            hint = f"decorate it with `@{wanted.plan.decorator}`, or give it another name"
            raise file.refuse("K208", message, None, hint)
    stubs = [wanted.spelled(importing.local) for wanted in task.missing if not names.targets(wanted.plan.name)]
    text = render_stubs(stubs, [wanted.spelled(importing.local) for wanted in upcasters], task.templates)
    if text:
        end = len(file.content)
        is_line_open = not file.content.endswith((b"\n", b"\r")) and end > 0
        gap = "\n" * (2 + is_line_open)
        yield Edit(end, end, f"{gap}{text}".encode().replace(b"\n", file.newline))
