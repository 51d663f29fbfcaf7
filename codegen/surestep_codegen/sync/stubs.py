"""Stubs that are added to a module of the user's, spelled and laid out as in a new module."""

import ast
from collections.abc import Sequence

from surestep_codegen.custom_templates import Templates
from surestep_codegen.format import format_files
from surestep_codegen.plan.model import HandlerPlan, StubModule, UpcasterModule, UpcasterPlan
from surestep_codegen.render import render_module

__all__ = ["render_stubs"]


def render_stubs(handlers: Sequence[HandlerPlan], upcasters: Sequence[UpcasterPlan], templates: Templates) -> str:
    """Their source, ending with a line break; empty for none."""
    sources = {}
    if handlers:
        sources["handlers.py"] = render_module(StubModule("handlers.py", "Handlers.", (), tuple(handlers)), templates)
    if upcasters:
        sources["upcasters.py"] = render_module(
            UpcasterModule("upcasters.py", "Upcasters.", (), tuple(upcasters)), templates
        )
    if not sources:
        return ""
    return "\n\n".join(_without_docstring(text) for text in format_files(sources).values())


def _without_docstring(text: str) -> str:
    end = ast.parse(text).body[0].end_lineno or 0
    return "\n".join(text.split("\n")[end:]).lstrip("\n")
