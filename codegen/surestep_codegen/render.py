"""Spells a plan: jinja2 templates that make no decision, one template per kind of module or page.

In Python every text passes one of two filters (`docstring`, `repr`), and every result is parsed before anybody sees it.
In HTML every text is escaped by jinja2, in Markdown by filters.
"""

import ast
import functools
from pathlib import Path
from typing import Final

import jinja2

from surestep_codegen.exports.docs.escapes import code_block, code_span, escape_text, spell_links
from surestep_codegen.exports.docs.model import Docs
from surestep_codegen.plan.model import (
    AliasPlan,
    ClassPlan,
    DataModule,
    EnumPlan,
    FunctionModule,
    LazyPackage,
    ModulePlan,
    RegistryModule,
    StubModule,
    TextFile,
    UpcasterModule,
)
from surestep_codegen.python import spell_docstring, spell_text

__all__ = ["render_docs", "render_module"]

_TEMPLATES: Final = Path(__file__).with_name("templates")


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=jinja2.select_autoescape(enabled_extensions=("html.jinja",)),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["docstring"] = spell_docstring
    environment.filters["repr"] = spell_text
    environment.filters["block"] = code_block
    environment.filters["code"] = code_span
    environment.filters["linked"] = lambda link: spell_links((link,))
    environment.filters["links"] = spell_links
    environment.filters["text"] = escape_text
    environment.tests["alias"] = lambda found: isinstance(found, AliasPlan)
    environment.tests["class"] = lambda found: isinstance(found, ClassPlan)
    environment.tests["enum"] = lambda found: isinstance(found, EnumPlan)
    return environment


def render_module(plan: ModulePlan) -> str:
    """The source of one file, not yet formatted.

    Raises:
        SyntaxError: a fault of the generator: what came out is not Python.
    """
    source = _environment().get_template(_template(plan)).render(plan=plan)
    ast.parse(source, filename=plan.path)
    return source


def render_docs(docs: Docs, format_: str) -> dict[str, str]:
    """The pages of a reference by file name; `format_` is `md` or `html`."""
    template = _environment().get_template(f"docs/page.{format_}.jinja")
    return {page.file: template.render(docs=docs, page=page) for page in docs.pages}


def _template(plan: ModulePlan) -> str:
    match plan:
        case DataModule():
            return "data.py.jinja"
        case FunctionModule():
            return "function.py.jinja"
        case LazyPackage():
            return "lazy_package.py.jinja"
        case RegistryModule():
            return "registry.py.jinja"
        case TextFile():
            return "text.jinja"
        case StubModule():
            return "stub.py.jinja"
        case UpcasterModule():
            return "upcasters.py.jinja"
