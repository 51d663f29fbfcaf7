"""Python names: each declaration and each field needs one of its own."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from surestep_dsl.checks.view import Check, View
from surestep_dsl.class_names import class_names
from surestep_dsl.datatypes import EnumDef, Field
from surestep_dsl.diagnostics import Diagnostic
from surestep_dsl.model import Path
from surestep_dsl.names import enum_member_name, field_name, is_dunder

__all__ = ["CHECK"]

_HINT: Final = "choose another name with `python:`"


def find_bad_python_names(view: View) -> Iterator[Diagnostic]:
    """Names on the wire become names in Python by a fixed rule, and two must not become one.

    `order/created` and `order.created` would both be the class `OrderCreated`; `userId` and `user_id` would both be
    the attribute `user_id`. Modules are compared without regard to case, because some disks do not see it. A name
    that leaves nothing to write in Python (`+`), and dunder names, are errors too. `python:` chooses another name.
    """
    yield from _classes(view)
    owners: dict[Path, dict[Path, str]] = defaultdict(dict)
    for path, field in view.fields:
        owners[path[:-1]][path] = _attribute(field)
    for name, definition in view.project.types.items():
        if isinstance(definition, EnumDef):
            values = {("types", name, "enum", str(value)): value for value in definition.values}
            owners["types", name] = {
                path if path in view.places else ("types", name): definition.python_names.get(str(value))
                or enum_member_name(value)
                for path, value in values.items()
            }
    for names in owners.values():
        yield from _nameless(view, names)
        yield from _collisions(view, "N102", names)


def _classes(view: View) -> Iterator[Diagnostic]:
    classes: dict[Path, str] = {}
    modules: dict[Path, str] = {}
    for declared in class_names(view.project):
        classes[declared.path] = declared.name
        if len(declared.path) == 2:
            modules[declared.path] = declared.module.lower()
    yield from _nameless(view, {path: name for path, name in classes.items() if len(path) == 2})
    colliding = list(_collisions(view, "N101", classes))
    yield from colliding
    if not colliding:
        yield from _collisions(view, "N101", modules)


def _attribute(field: Field) -> str:
    return field.python or ("" if is_dunder(field.name) else field_name(field.name))


def _nameless(view: View, names: Mapping[Path, str]) -> Iterator[Diagnostic]:
    for path, name in names.items():
        if not name and path[-1]:
            yield view.find("N103", f"no Python name can be made of `{path[-1]}`", path, _HINT)


def _collisions(view: View, code: str, names: Mapping[Path, str]) -> Iterator[Diagnostic]:
    paths: dict[str, list[Path]] = defaultdict(list)
    for path, name in names.items():
        if name:
            paths[name].append(path)
    for name, equal in paths.items():
        if len(equal) > 1:
            both = " and ".join(sorted(f"`{path[-1]}`" for path in equal))
            yield view.find_at_last(code, f"{both} would both be `{name}` in Python", equal, _HINT)


def _fields(*fields: str) -> str:
    return f"types: {{A: {{fields: {{{', '.join(fields)}}}}}}}"


CHECK: Final = Check(
    codes=("N101", "N102", "N103"),
    find=find_bad_python_names,
    valid=(
        _fields("class: string", "type: string", "copy: string", "userId: string", "_id: string", "id: string"),
        _fields("userId: string", "user_id: {type: string, python: user_id_2}"),
        "events: {order/created: {}, order.created: {python: OtherOrderCreated}}",
        "types: {Color: {enum: {red: Red, RED: {description: Loud, python: LOUD_RED}}}}",
    ),
    invalid=(
        ("events: {order/created: {}, order.created: {}}", "N101"),
        ("events: {order/created: {}}\ntypes: {OrderCreated: string}", "N101"),
        ("types: {HTTPServer: {fields: {}}, HttpServer: {fields: {}}}", "N101"),
        ("types: {A: {fields: {b: {fields: {}}}}, AB: {fields: {}}}", "N101"),
        (_fields("userId: string", "user_id: string"), "N102"),
        (_fields('"+": string'), "N103"),
        (_fields("__class__: string"), "N103"),
        ("types: {Color: {enum: {red: Red, RED: Loud}}}", "N102"),
        ('types: {Sign: {enum: {"+": Plus}}}', "N103"),
        ("events: {+/+: {}}", "N103"),
    ),
)
