"""Spells a plan: jinja2 templates that make no decision, one template per kind of module or page.

In Python every text passes one of two filters (`docstring`, `repr`), and `spell` parses every result before anybody
sees it. In HTML every text is escaped by jinja2, in Markdown by filters.
"""

import ast
import functools
import traceback
from collections.abc import Callable
from typing import Final

import jinja2

from surestep_codegen.custom_templates import BUILT_IN, TEMPLATES, Templates
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

_HINT: Final = "the page on plugins in the manual says what a template gets"
_MAX_ENVIRONMENTS: Final = 4
"""Sets of templates that stay compiled: one, unless somebody edits templates while `--watch` runs."""


@functools.lru_cache(maxsize=_MAX_ENVIRONMENTS)
def _environment(templates: Templates = BUILT_IN) -> jinja2.Environment:
    texts = templates.by_name

    def load(name: str) -> tuple[str, str, Callable[[], bool]] | None:
        return (texts[name], templates.file(name), lambda: True) if name in texts else None

    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.FunctionLoader(load), jinja2.FileSystemLoader(TEMPLATES)]),
        autoescape=jinja2.select_autoescape(enabled_extensions=("html.jinja",)),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,  # or each rendering looks at the file's date
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


def render_module(plan: ModulePlan, templates: Templates = BUILT_IN) -> str:
    """The source of one file, not yet formatted.

    Raises:
        ProjectProblemError: a template of the user's is faulty, or what it makes is not Python.
    """
    if templates == BUILT_IN:
        return _render(plan, templates)
    try:
        source = _render(plan, templates)
        ast.parse(source, filename=plan.path)
    except jinja2.TemplateSyntaxError as error:
        message = f"the template is not valid: {error.message}"
        raise templates.problem("K413", message, error.name or "", error.lineno, _HINT) from None
    except SyntaxError as error:
        name = _blamed(templates, _template(plan))
        made = f"{error.msg}: {(error.text or '').strip()}"
        message = f"what it makes of {plan.path} is not Python, line {error.lineno}: {made}"
        raise templates.problem("K414", message, name, 1, _HINT) from None
    except Exception as error:  # noqa: BLE001 -- a template can raise anything
        name, line = _place(error, templates) or (_blamed(templates, _template(plan)), 1)
        message = f"the template fails for {plan.path}: {error}"
        raise templates.problem("K413", message, name, line, _HINT) from None
    return source


def _render(plan: ModulePlan, templates: Templates) -> str:
    return _environment(templates).get_template(_template(plan)).render(plan=plan)


def _blamed(templates: Templates, name: str) -> str:
    """The template of the user's that took part: the one for the module, else one that others import."""
    texts = templates.by_name
    return name if name in texts else next(iter(texts))


def _place(error: Exception, templates: Templates) -> tuple[str, int] | None:
    """The last line in a template of the user's that led to an error."""
    files = {templates.file(name): name for name in templates.by_name}
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename in files]
    return (files[frames[-1].filename], frames[-1].lineno or 1) if frames else None


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
