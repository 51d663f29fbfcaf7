"""Codes of reading files and settings."""

from collections.abc import Mapping
from typing import Final

from surestep_dsl.explanations.page import BASELINE, HEADER, Page
from surestep_dsl.limits import (
    MAX_ALIAS_EXPANDED_NODES,
    MAX_FILE_BYTES,
    MAX_FILE_NODES,
    MAX_FILE_PROBLEMS,
    MAX_NESTING,
)

__all__ = ["PAGES"]

_RIGHT: Final = "events: {shop/order.created: {}}\n"
_NAMED: Final = "events: {payment: {}}  # surestep: ignore[V201] the provider calls it so\n"
_DEEP: Final = "{a: " * (MAX_NESTING // 2) + "1" + "}" * (MAX_NESTING // 2)
_SETTINGS: Final = '[tool.surestep]\nspecs = ["shop.yaml"]\n'
_STALE: Final = (
    '{"version": 1, "findings": [{"code": "V201", "file": "shop.yaml", "fingerprint": "0123456789abcdef"}]}\n'
)

_UNREADABLE: Final = {
    "S001": Page(
        "A file cannot be opened: it is a broken link, or the rights do not suffice.",
        {"shop.yaml": None},
        _RIGHT,
    ),
    "S002": Page(
        "Specs are UTF-8. Other encodings would be guesses, and a wrong guess changes names.",
        {"shop.yaml": f"{HEADER}description: Café\n".encode("latin-1")},
        {"shop.yaml": f"{HEADER}description: Café\n".encode()},
    ),
    "S003": Page(
        "YAML allows no control characters. In a text in double quotes they are written as an escape, such as `\\x1b`.",
        "description: a\x1bb\n",
        'description: "a\\x1bb"\n',
    ),
    "S004": Page(
        "YAML is indented with spaces.", "events:\n\tshop/order.created: {}\n", "events:\n  shop/order.created: {}\n"
    ),
    "S005": Page(
        "The file breaks a rule of YAML itself. The message says what was read, and what was expected instead.",
        "events: {shop/order.created: {}\n",
        _RIGHT,
    ),
    "S006": Page(
        "Directives (lines that begin with `%`) could change what the rest of the file means.",
        {"shop.yaml": f"%YAML 1.1\n---\n{HEADER}"},
        {"shop.yaml": f"---\n{HEADER}"},
    ),
    "S007": Page(
        "A file holds one document. All files form one namespace, so a second document is a second file.",
        "---\nspec: 1\n",
        {"shop.yaml": HEADER, "more.yaml": "spec: 1\n"},
    ),
    "S008": Page(
        "Tags such as `!!str` could make values of other kinds. Write text in quotes.",
        "description: !!str 1\n",
        'description: "1"\n',
    ),
    "S009": Page(
        "Merge keys hide which keys a mapping has. Name the shared part under `types`, or write it out.",
        "events:\n  shop/a: &shared {external: true}\n  shop/b: {<<: *shared}\n",
        "events:\n  shop/a: &shared {external: true}\n  shop/b: *shared\n",
    ),
    "S010": Page(
        "YAML readers disagree about a key that is written twice; most forget the first silently.",
        "events:\n  shop/a: {external: true, external: false}\n",
        "events:\n  shop/a: {external: true}\n",
    ),
    "S011": Page("An alias inside of its own anchor would never end.", "events: &all {shop/a: *all}\n", _RIGHT),
    "S012": Page(
        f"Aliases may add at most {MAX_ALIAS_EXPANDED_NODES:,} values when they are written out: a small file must not "
        "become a huge project.",
        f"events:\n  shop/a: {{examples: [&many [{'1, ' * 100}1]{', *many' * 100}]}}\n",
        "events:\n  shop/a: {examples: [&few [1, 2], *few], data: {}}\n".replace("[&few [1, 2], *few]", "[{}]"),
    ),
    "S013": Page(
        f"Mappings and lists stand at most {MAX_NESTING} deep in each other.",
        f"events: {{shop/a: {{data: {{b: {{type: json, default: {_DEEP.replace('1', _DEEP)}}}}}}}}}\n",
        "events: {shop/a: {data: {b: {type: json, default: {a: {a: 1}}}}}}\n",
    ),
    "S014": Page(
        f"A spec is at most {MAX_FILE_BYTES // 1024**2} MiB long. All files form one namespace: split it.",
        f"# {'x' * MAX_FILE_BYTES}\n",
        "# short\n",
    ),
    "S015": Page(
        f"A file has at most {MAX_FILE_NODES:,} keys and values. All files form one namespace: split it.",
        f"events: {{shop/a: {{examples: [{'1,' * MAX_FILE_NODES}]}}}}\n",
        "events: {shop/a: {examples: [{}]}}\n",
    ),
    "S016": Page("A key is a text, never a mapping or a list.", "events: {[shop/a]: {}}\n", "events: {shop/a: {}}\n"),
    "S017": Page(
        "An alias `*name` stands for what has the anchor `&name` above it. Text that begins with `*` needs quotes.",
        "description: *name\n",
        'description: "*name"\n',
    ),
    "S018": Page(
        f"After {MAX_FILE_PROBLEMS:,} problems the rest of a file is not reported: mend the first ones, and try again. "
        "This code comes with those that it counts.",
        {"shop.yaml": f"{HEADER}events: {{{', '.join(['shop/a: {}'] * (MAX_FILE_PROBLEMS + 2))}}}\n"},
        _RIGHT,
    ),
}

_SETTINGS_AND_SILENCE: Final = {
    "S117": Page(
        "The settings name files or directories that do not exist, or that hold no spec (`*.yaml`, `*.yml`).",
        {},
        _RIGHT,
    ),
    "S201": Page(
        "A comment that silences reads `# surestep: ignore[CODE] reason` and stands at the end of the line it is "
        "about. The reason is required, several codes stand between commas. Only warnings, information and errors that "
        "settings may lower can be silenced.",
        "events: {shop/a: {}}  # surestep: ignore[V201]\n",
        _NAMED,
    ),
    "S202": Page(
        "A comment silences a code that is not found on its line any more. It would hide the next one that is.",
        "events: {shop/a: {}}  # surestep: ignore[V201] the provider calls it so\n",
        _NAMED,
    ),
    "S203": Page(
        "The baseline knows a finding that is found no more. Write it anew, or it would hide the same mistake later.",
        {"shop.yaml": HEADER + _RIGHT, BASELINE: _STALE},
        {"shop.yaml": HEADER + _RIGHT, BASELINE: '{"version": 1, "findings": []}\n'},
    ),
    "P101": Page(
        "A project has a pyproject.toml with a section [tool.surestep]; it can be empty. `surestep init` writes one.",
        {"pyproject.toml": '[project]\nname = "shop"\n', "shop.yaml": HEADER},
        {"pyproject.toml": _SETTINGS, "shop.yaml": HEADER},
    ),
    "P102": Page(
        "[tool.surestep] has a setting or a code that does not exist.",
        {"pyproject.toml": f'{_SETTINGS}packge = "shop"\n', "shop.yaml": HEADER},
        {"pyproject.toml": f'{_SETTINGS}package = "shop"\n', "shop.yaml": HEADER},
    ),
    "P103": Page(
        "A setting has a value of another kind than it wants, or lowers an error that must stay one.",
        {"pyproject.toml": '[tool.surestep]\nspecs = "shop.yaml"\n', "shop.yaml": HEADER},
        {"pyproject.toml": _SETTINGS, "shop.yaml": HEADER},
    ),
}

PAGES: Final[Mapping[str, Page]] = {**_UNREADABLE, **_SETTINGS_AND_SILENCE}
