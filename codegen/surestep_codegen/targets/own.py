"""Targets of ours: the exports, kept up to date in the directory `exports`. What they cannot say, the commands tell."""

import json
from collections.abc import Callable, Mapping
from typing import Final

from surestep_codegen.exports.asyncapi import render_asyncapi
from surestep_codegen.exports.jsonschema import render_catalogue
from surestep_codegen.exports.openapi import render_openapi
from surestep_codegen.exports.scalars import Schema
from surestep_codegen.exports.typescript.document import render_typescript
from surestep_codegen.remarks import Remarks
from surestep_codegen.targets.target import Target
from surestep_dsl.model import Project

__all__ = ["OWN_TARGETS"]

_VERSION: Final = "1.0.0"
_SERVER: Final = "http://127.0.0.1:8288"


def _one_file(name: str, file: str, spell: Callable[[Project], Schema | str]) -> Target:
    def render(project: Project) -> Mapping[str, str]:
        made = spell(project)
        return {file: made if isinstance(made, str) else f"{json.dumps(made, indent=2, ensure_ascii=False)}\n"}

    return Target(name, render)


OWN_TARGETS: Final = (
    _one_file("asyncapi", "exports/asyncapi.json", lambda project: render_asyncapi(project, _VERSION, Remarks())),
    _one_file("jsonschema", "exports/events.schema.json", lambda project: render_catalogue(project, Remarks())),
    _one_file("openapi", "exports/openapi.json", lambda project: render_openapi(project, _VERSION, _SERVER, Remarks())),
    _one_file("typescript", "exports/events.ts", lambda project: render_typescript(project, Remarks())),
)
"""Sorted by name."""
