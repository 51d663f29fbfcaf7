"""The plugin: which of mypy's hooks are used, and for what.

mypy asks for a hook at every call, so nothing is done there but to note who is asking. A module is judged when mypy has
finished it, in one walk over the functions that handlers reach. What a step is given is judged where it is made.
"""

from collections.abc import Callable
from pathlib import Path

from mypy.checker import TypeChecker
from mypy.checker_state import checker_state
from mypy.nodes import MypyFile
from mypy.options import Options
from mypy.plugin import AttributeContext, FunctionContext, MethodContext, MethodSigContext, Plugin, ReportConfigContext
from mypy.types import FunctionLike, Type
from typing_extensions import override

from surestep_codegen.mypy_plugin.members import Members
from surestep_codegen.mypy_plugin.module_check import check_module
from surestep_codegen.mypy_plugin.program import HandlerProgram, load_program
from surestep_codegen.mypy_plugin.sieve import Sieve
from surestep_codegen.mypy_plugin.step_calls import StepCalls

__all__ = ["SurestepPlugin"]


class SurestepPlugin(Plugin):
    """Finds in handlers, and in what they call, what only types tell."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        folder = Path(options.config_file).resolve().parent if options.config_file else Path.cwd()
        self._program: HandlerProgram | None = load_program(folder)
        self._members = None if self._program is None else Members(self._program.matters)
        self._sieve = None if self._program is None else Sieve(self._program.judge)
        self._steps = StepCalls(self._program)
        self._checkers: dict[str, TypeChecker] = {}
        self._asking: TypeChecker | None = None

    @override
    def report_config_data(self, ctx: ReportConfigContext) -> str | None:
        """Mypy checks a module again when this has changed, although neither the module nor an interface did."""
        return None if self._program is None else self._program.digest_of(ctx.id)

    @override
    def get_function_hook(self, fullname: str) -> Callable[[FunctionContext], Type] | None:
        if checker_state.type_checker is not self._asking:
            self._note_checker()
        return None

    @override
    def get_method_hook(self, fullname: str) -> Callable[[MethodContext], Type] | None:
        if checker_state.type_checker is not self._asking:
            self._note_checker()
        return self._steps.hooks.get(fullname)

    @override
    def get_method_signature_hook(self, fullname: str) -> Callable[[MethodSigContext], FunctionLike] | None:
        return self._steps.signature_hooks.get(fullname)

    @override
    def get_attribute_hook(self, fullname: str) -> Callable[[AttributeContext], Type] | None:
        if checker_state.type_checker is not self._asking:
            self._note_checker()
        return None

    @override
    def get_additional_indirect_deps(self, file: MypyFile) -> set[str]:
        """Asked once for each module, after its last pass, while all types are still known."""
        checker, self._asking = self._checkers.pop(file.fullname, None), None
        if self._program is not None and self._members is not None and checker is not None and self._sieve:
            check_module(self._program, self._members, self._sieve, file, checker)
        return set()

    def _note_checker(self) -> None:
        """Note whose module this is: what mypy calls at the end of a module is not told."""
        checker = checker_state.type_checker
        if isinstance(checker, TypeChecker):
            self._asking = self._checkers[checker.tree.fullname] = checker
