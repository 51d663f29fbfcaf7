"""From planned modules to the text of files: rendered, checked to be Python, laid out."""

import ast
from collections.abc import Container, Iterable, Mapping

from surestep_codegen.custom_templates import BUILT_IN, Templates
from surestep_codegen.format import format_files
from surestep_codegen.plan.model import ModulePlan
from surestep_codegen.render import render_module

__all__ = ["Speller", "check_syntax", "spell_modules"]


def spell_modules(
    modules: Iterable[ModulePlan], templates: Templates = BUILT_IN, unchecked: Container[str] = ()
) -> dict[str, str]:
    """The text of each module by its path.

    Args:
        modules: what to spell.
        templates: the user's.
        unchecked: paths of modules whose syntax the caller checks, once it knows which of them are new.

    Raises:
        ProjectProblemError: a template of the user's is faulty.
        RuntimeError: there is no ruff.
        SyntaxError: a fault of the generator: what came out is not Python.
    """
    sources = {module.path: render_module(module, templates) for module in modules}
    checked = {path: source for path, source in sources.items() if path not in unchecked}
    return format_files(sources, lambda: check_syntax(checked)) if sources else {}


def check_syntax(sources: Mapping[str, str]) -> None:
    """Parse files by Python's own parser.

    Raises:
        SyntaxError: a fault of the generator: what came out is not Python.
    """
    for path, source in sources.items():
        if path.endswith(".py"):
            ast.parse(source, filename=path)


class Speller:
    """Spells modules again and again, and does the work only for those whose plan has changed since."""

    def __init__(self) -> None:
        self._plans: dict[str, ModulePlan] = {}
        self._texts: dict[str, str] = {}
        self._templates = BUILT_IN

    def spell(
        self, modules: Iterable[ModulePlan], templates: Templates = BUILT_IN, unchecked: Container[str] = ()
    ) -> dict[str, str]:
        """As `spell_modules`; other templates than last time spell everything anew."""
        wanted = {module.path: module for module in modules}
        known = self._plans if templates == self._templates else {}
        changed = (module for path, module in wanted.items() if known.get(path) != module)
        self._texts |= spell_modules(changed, templates, unchecked)
        self._plans, self._templates = wanted, templates
        self._texts = {path: self._texts[path] for path in wanted}
        return self._texts
