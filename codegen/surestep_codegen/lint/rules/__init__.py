"""The rules that look at the text of one function, in the order of their codes."""

from typing import Final

from surestep_codegen.lint.rule import Rule
from surestep_codegen.lint.rules.closure_mutation import CLOSURE_MUTATION
from surestep_codegen.lint.rules.duplicate_step_id import DUPLICATE_STEP_ID
from surestep_codegen.lint.rules.dynamic_step_id import DYNAMIC_STEP_ID
from surestep_codegen.lint.rules.finally_effects import FINALLY_EFFECTS
from surestep_codegen.lint.rules.global_mutation import GLOBAL_MUTATION
from surestep_codegen.lint.rules.loop_variables import LOOP_VARIABLES
from surestep_codegen.lint.rules.nested_step import NESTED_STEP
from surestep_codegen.lint.rules.swallowed_ends import SWALLOWED_ENDS
from surestep_codegen.lint.rules.unawaited_step import UNAWAITED_STEP
from surestep_codegen.lint.rules.unordered_iteration import UNORDERED_ITERATION
from surestep_codegen.lint.rules.wait_after_send import WAIT_AFTER_SEND

__all__ = ["RULES"]

RULES: Final[tuple[Rule, ...]] = (
    GLOBAL_MUTATION,
    CLOSURE_MUTATION,
    UNORDERED_ITERATION,
    UNAWAITED_STEP,
    DYNAMIC_STEP_ID,
    DUPLICATE_STEP_ID,
    NESTED_STEP,
    SWALLOWED_ENDS,
    LOOP_VARIABLES,
    FINALLY_EFFECTS,
    WAIT_AFTER_SEND,
)
