"""Every limit of the spec language: a name with a unit, and the reason for the number.

Limits of single options (ranges of durations and counts) stand beside the parser of that option.
"""

from typing import Final

__all__ = [
    "CHARACTERS_PER_EVALUATION_STEP",
    "ITEMS_PER_EVALUATION_STEP",
    "MAX_ALIAS_CHAIN",
    "MAX_ALIAS_EXPANDED_NODES",
    "MAX_APP_OR_FUNCTION_ID_CHARACTERS",
    "MAX_CHECK_PROBLEMS",
    "MAX_EVALUATION_STEPS",
    "MAX_EVENT_ID_CHARACTERS",
    "MAX_EVENT_ID_TEMPLATE_CHARACTERS",
    "MAX_EVENT_NAME_BYTES",
    "MAX_EVENT_VERSION_CHARACTERS",
    "MAX_EXPRESSION_CHARACTERS",
    "MAX_EXPRESSION_NESTING",
    "MAX_EXPRESSION_TEXT_CHARACTERS",
    "MAX_FILE_BYTES",
    "MAX_FILE_JOBS",
    "MAX_FILE_NAME_CHARACTERS",
    "MAX_FILE_NODES",
    "MAX_FILE_PROBLEMS",
    "MAX_FILE_SILENCERS",
    "MAX_GUESSES",
    "MAX_INTEGER",
    "MAX_NESTING",
    "MAX_PATTERNS_COMPILING_US",
    "MAX_PATTERN_CHARACTERS",
    "MAX_PATTERN_TRIALS",
    "MAX_PRIORITY_SECONDS",
    "MAX_SAMPLE_OBJECTS",
    "MAX_TYPE_CHARACTERS",
    "MAX_TYPE_NESTING",
    "MAX_WIDE_CHECKS",
    "MIN_INTEGER",
    "PATTERN_CHARACTERS_PER_EVALUATION_STEP",
    "REMEMBERED_EXPRESSIONS",
    "REMEMBERED_NAMES",
]

MAX_FILE_BYTES: Final = 4 * 1024 * 1024
"""A spec is written by hand; a larger file is a mistake, and reading it must stay within a second."""

MAX_NESTING: Final = 64
"""Mappings and lists inside each other. Specs need about ten; Python's own stack bears a few hundred."""

MAX_ALIAS_EXPANDED_NODES: Final = 10_000
"""Nodes that aliases add when they are written out. Stops bombs; honest reuse stays far below."""

MAX_FILE_NODES: Final = 40_000
"""Keys and values written in one file: 650 rich events with their functions. Bounds time to a second, and memory."""

MAX_FILE_JOBS: Final = 500
"""Jobs in one file: each stands for four events and a function, so a short text makes much work."""

MAX_FILE_PROBLEMS: Final = 1_000
"""Findings of one kind of reading in one file; nobody reads more, and each costs memory."""

MAX_FILE_SILENCERS: Final = 2_000
"""Comments in one file that are read for what they silence; more say that the code is to be switched off."""

MAX_CHECK_PROBLEMS: Final = 1_000
"""Errors of one check in a whole project, likewise."""

MAX_GUESSES: Final = 200
"""Misspelt names for which the nearest is looked for, in a whole project: each costs more than reading a line."""

MAX_WIDE_CHECKS: Final = 50_000
"""Times that an expression is checked against an event beyond its first: 50 expressions over 1,000 events each."""

MAX_TYPE_CHARACTERS: Final = 10_000
"""Length of one type expression; what is longer is generated, and can be written as an enum's mapping."""

MAX_TYPE_NESTING: Final = 32
"""Brackets inside each other in one type expression."""

MAX_ALIAS_CHAIN: Final = 64
"""Names of types that lead to each other before a type is reached; every later stage may recurse along them."""

MAX_APP_OR_FUNCTION_ID_CHARACTERS: Final = 100
"""Ids become parts of file names, URLs and log lines."""

MAX_EVENT_NAME_BYTES: Final = 255
"""The wire's own limit."""

MAX_EVENT_ID_CHARACTERS: Final = 255
"""Longest deduplication id after its template is filled."""

MAX_EVENT_ID_TEMPLATE_CHARACTERS: Final = 1_000
"""Length of a template of event ids: paths to fields may be longer than what they are filled with."""

MAX_EVENT_VERSION_CHARACTERS: Final = 64
"""A version is a label, not a text."""

MAX_FILE_NAME_CHARACTERS: Final = 100
"""Generated file names without their suffix; leaves room for a path on systems that allow 255."""

MAX_PATTERN_TRIALS: Final = 1_000_000
"""Events compared with patterns of triggers, in a whole project: 1,000 different patterns over 1,000 events."""

MIN_INTEGER: Final = -(2**63)
MAX_INTEGER: Final = 2**63 - 1
"""Integers are exact up to 64 bits: what SQLite and every JSON consumer we know can hold."""

MAX_EXPRESSION_CHARACTERS: Final = 10_000
"""An expression is a condition a person reads; a longer one belongs in the handler."""

MAX_EXPRESSION_NESTING: Final = 32
"""Levels below the outermost in one expression; `&&` and `||` chains count once. CEL asks for 12 and tests 32."""

MAX_EVALUATION_STEPS: Final = 10_000
"""Work of one evaluation: each turn of a loop costs the number of nodes in its body. A few milliseconds at most."""

CHARACTERS_PER_EVALUATION_STEP: Final = 1_000
"""Characters that a function reads for the price of one step: about as long as a closure call takes."""

ITEMS_PER_EVALUATION_STEP: Final = 100
"""Items of a list or map that are compared or copied for the price of one step, likewise."""

MAX_EXPRESSION_TEXT_CHARACTERS: Final = 1_000_000
"""The longest text an expression may build, so that `replace` or `join` inside a loop cannot fill the memory."""

MAX_PATTERN_CHARACTERS: Final = 1_000
"""The longest regular expression. Matching time grows with pattern times text."""

PATTERN_CHARACTERS_PER_EVALUATION_STEP: Final = 10
"""Characters that `matches` searches for one step: the worst pattern measured takes 4 microseconds a character."""

MAX_PATTERNS_COMPILING_US: Final = 150_000
"""Estimated time to compile all different regular expressions of a project: 6,000 plain ones, or 600 times `\\w`. They
also take memory: 40 MB then."""

MAX_PRIORITY_SECONDS: Final = 600
"""A run may jump ahead or fall back by ten minutes; the reference's range."""

REMEMBERED_NAMES: Final = 50_000
"""Python names that are kept rather than made anew; more than a large project has, a few megabytes at most."""

MAX_SAMPLE_OBJECTS: Final = 10_000
"""Values of named types in one sample. Types inside types can double it each time; no payload is that large."""

REMEMBERED_EXPRESSIONS: Final = 128
"""Expressions whose trees are kept: neighbouring functions often have equal keys. Of the longest ones, 60 MB."""
