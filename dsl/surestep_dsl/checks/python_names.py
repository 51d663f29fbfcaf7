"""Python names: each declaration and each field needs one of its own."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

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
    owners: dict[Path, list[_Claim]] = defaultdict(list)
    for path, field in view.fields:
        owners[path[:-1]].append(_Claim(path, field.name, _attribute(field)))
    for name, definition in view.project.types.items():
        if isinstance(definition, EnumDef):
            owners["types", name] = [_enum_claim(view, definition, value) for value in definition.values]
    for claims in owners.values():
        yield from _nameless(view, claims)
        yield from _collisions(view, "N102", claims)


class _Claim(NamedTuple):
    """A declaration, what the spec calls it, and the name it would have in Python."""

    path: Path
    label: str
    python: str


def _classes(view: View) -> Iterator[Diagnostic]:
    names = list(class_names(view.project))
    roots = [declared for declared in names if len(declared.path) == 2]
    yield from _nameless(view, [_Claim(root.path, str(root.path[-1]), root.name) for root in roots])
    classes = [_Claim(declared.path, str(declared.path[1]), declared.name) for declared in names]
    modules = [_Claim(root.path, str(root.path[-1]), root.module.lower()) for root in roots]
    colliding = list(_collisions(view, "N101", classes))
    yield from colliding or _collisions(view, "N101", modules)


def _attribute(field: Field) -> str:
    return field.python or ("" if is_dunder(field.name) else field_name(field.name))


def _enum_claim(view: View, definition: EnumDef, value: str | float) -> _Claim:
    path: Path = ("types", definition.name, "enum", str(value))
    place = path if path in view.places else ("types", definition.name)
    return _Claim(place, str(value) or '""', definition.python_names.get(str(value)) or enum_member_name(value))


def _nameless(view: View, claims: Iterable[_Claim]) -> Iterator[Diagnostic]:
    for claim in claims:
        if claim.label and not claim.python:
            yield view.find("N103", f"no Python name can be made of `{claim.label}`", claim.path, _HINT)


def _collisions(view: View, code: str, claims: Iterable[_Claim]) -> Iterator[Diagnostic]:
    by_name: dict[str, list[_Claim]] = defaultdict(list)
    for claim in claims:
        if claim.python:
            by_name[claim.python].append(claim)
    for name, equal in by_name.items():
        if len(equal) > 1:
            labels = " and ".join(dict.fromkeys(f"`{claim.label}`" for claim in equal))
            paths = [claim.path for claim in equal]
            yield view.find_at_last(code, f"{labels} would both be `{name}` in Python", paths, _HINT)


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
        ("types: {Color: 'enum[red, RED]'}", "N102"),
        ('types: {Sign: {enum: {"+": Plus}}}', "N103"),
        ("types: {Sign: {enum: ['', plus]}}", "N103"),
        ("events: {+/+: {}}", "N103"),
    ),
)
