"""The settings of a project: `[tool.surestep]` of its pyproject.toml.

Found by walking up from a directory to the first pyproject.toml. Decides nothing but what the settings are; a wrong
one is a diagnostic with its place.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final, Literal, TypeAlias

from surestep_dsl.codes import CODES, find
from surestep_dsl.determinism_codes import DETERMINISM_CODES
from surestep_dsl.determinism_settings import DeterminismSettings, read_determinism
from surestep_dsl.diagnostics import Diagnostic, Severity, Span
from surestep_dsl.limit_settings import read_limits
from surestep_dsl.names import is_python_name
from surestep_dsl.nearest import did_you_mean
from surestep_dsl.nodes import SourceText

__all__ = [
    "DEFAULT_BREAKING",
    "Settings",
    "find_setting",
    "find_source",
    "load_settings",
    "load_settings_for",
    "parse_settings",
]

DEFAULT_BREAKING: Final = ("WIRE", "RUN")
_KEYS: Final = (
    "specs",
    "package",
    "handlers",
    "targets",
    "severity",
    "external_consumers",
    "source",
    "breaking",
    "templates",
    "unknown_events",
    "determinism",
    "limits",
    "synchronous",
)
_HINT: Final = "run `surestep init` to write a first one"
_OFF: Final = "off"
_TABLE_CODES: Final = {**CODES, **DETERMINISM_CODES}
_BREAKING: Final = re.compile(r"WIRE|RUN|SOURCE|B\d{3}")


UnknownEvents: TypeAlias = Literal["refuse", "accept"]
Synchronous: TypeAlias = Literal["full", "normal"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What pyproject.toml says about a project.

    Attributes:
        root: the directory of pyproject.toml; all paths are relative to it.
        specs: files and directories of specs.
        package: dotted name of the generated package.
        handlers: dotted name of the module under which handlers live.
        targets: what `generate` writes besides Python, by name, in the order written.
        severities: other severities for codes; None switches a code off.
        external_consumers: someone outside of the project reads its events, so widening a type can break them.
        source: the directory that the top packages lie in; None leaves it to `find_source`.
        breaking: which incompatible changes fail a build: categories (WIRE, RUN, SOURCE) or single codes.
        templates: the directory of the user's own templates, or None.
        unknown_events: what a server does about events that nobody declared: `refuse` or `accept`.
        determinism: what the checks of determinism should believe, and how strict a server is about them.
        limits: how much a server takes in and runs may come to, by name; the runtime has a default for each.
        synchronous: what a server's answers survive: `full` also power loss, `normal` the end of the process only.
    """

    root: Path
    specs: tuple[str, ...] = ("specs",)
    package: str = "contract"
    handlers: str = "handlers"
    targets: tuple[str, ...] = ()
    severities: Mapping[str, Severity | None] = field(default_factory=dict)
    external_consumers: bool = False
    source: str | None = None
    breaking: tuple[str, ...] = DEFAULT_BREAKING
    templates: str | None = None
    unknown_events: UnknownEvents = "refuse"
    determinism: DeterminismSettings = field(default_factory=DeterminismSettings)
    limits: Mapping[str, int] = field(default_factory=dict)
    synchronous: Synchronous = "full"


def load_settings(start: Path) -> Settings | tuple[Diagnostic, ...]:
    """The settings of the project that `start` lies in, or what is wrong with them."""
    start = start.resolve()
    for folder in (start, *start.parents):
        path = folder / "pyproject.toml"
        if path.is_file():
            try:
                text = path.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                return (find("P101", f"pyproject.toml cannot be read: {error}", _start_of(str(path))),)
            return parse_settings(text, folder)
    message = "there is no pyproject.toml here or in a folder above"
    return (find("P101", message, _start_of("pyproject.toml"), _HINT),)


def load_settings_for(paths: Sequence[Path], start: Path) -> Settings | tuple[Diagnostic, ...]:
    """The same, with defaults where the specs are named and there is no project around `start`."""
    settings = load_settings(start)
    if paths and not isinstance(settings, Settings) and all(found.code == "P101" for found in settings):
        return Settings(start)
    return settings


def find_source(settings: Settings) -> Path:
    """The directory that holds the generated package's top package.

    Where the settings do not say, it is the root, or its `src` where Python packages live there already.
    """
    root, top = settings.root, settings.package.partition(".")[0]
    if settings.source is not None:
        return root / settings.source
    src = root / "src"
    lives_in_src = (src / top).is_dir() or any(src.glob("*/__init__.py"))
    return src if lives_in_src and not (root / top).is_dir() else root


def parse_settings(text: str, root: Path) -> Settings | tuple[Diagnostic, ...]:
    """The settings in the text of a pyproject.toml whose folder is `root`, or what is wrong with them."""
    source = SourceText("pyproject.toml", text)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line (\d+), column (\d+)", str(error))
        line, column = (int(at[1]), int(at[2])) if at else (1, 1)
        message = f"pyproject.toml is not valid TOML: {str(error).partition(' (at')[0]}"
        return (find("P101", message, Span(source.file, line, column, line, column + 1)),)
    tools = document.get("tool")
    table = tools.get("surestep") if isinstance(tools, dict) else None
    if not isinstance(table, dict):
        return (find("P101", "pyproject.toml has no section [tool.surestep]", _start_of(source.file), _HINT),)
    reader = _Reader(source, table)
    settings = reader.settings(root)
    return tuple(reader.found) or settings


def find_setting(source: SourceText, key: str, item: str = "") -> Span:
    """Where pyproject.toml states a setting, or one text of its list; TOML readers keep no places."""
    section = source.text.find("[tool.surestep")
    match = re.compile(rf"^\s*[\"']?({re.escape(key)})\b", re.MULTILINE).search(source.text, max(section, 0))
    if match is None:
        return _start_of(source.file)
    found = re.compile(rf"[\"']({re.escape(item)})[\"']").search(source.text, match.end()) if item else None
    return source.span(*(found or match).span(1))


def _start_of(file: str) -> Span:
    return Span(file, 1, 1, 1, 1)


class _Reader:
    """Reads one table; places are looked up in the text, because TOML readers keep none."""

    def __init__(self, source: SourceText, table: Mapping[str, object]) -> None:
        self.source = source
        self.table = table
        self.found: list[Diagnostic] = []

    def settings(self, root: Path) -> Settings:
        for key in self.table:
            if key not in _KEYS:
                hint = did_you_mean(key, _KEYS, f"settings are {', '.join(_KEYS)}")
                self.report("P102", f"[tool.surestep] has no setting `{key}`", key, hint)
        default = Settings(root)
        return Settings(
            root,
            self.texts("specs", default.specs),
            self.module("package", default.package),
            self.module("handlers", default.handlers),
            self.texts("targets", default.targets),
            self.severities(),
            self.flag("external_consumers"),
            self.folder("source", "src"),
            self.breaking(default.breaking),
            self.folder("templates", "templates"),
            self.unknown_events(default.unknown_events),
            read_determinism(self.table.get("determinism", {}), self.report),
            read_limits(self.table.get("limits", {}), self.report),
            self.synchronous(default.synchronous),
        )

    def report(self, code: str, message: str, key: str, hint: str | None = None) -> None:
        self.found.append(find(code, message, find_setting(self.source, key), hint))

    def texts(self, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
        value = self.table.get(key, list(default))
        if isinstance(value, list) and all(isinstance(item, str) for item in value) and (value or not default):
            return tuple(value)
        self.report("P103", f"`{key}` must be a list of texts", key, f'write {key} = ["{(*default, "name")[0]}"]')
        return default

    def breaking(self, default: tuple[str, ...]) -> tuple[str, ...]:
        value = self.table.get("breaking", list(default))
        if isinstance(value, list) and all(isinstance(item, str) and _BREAKING.fullmatch(item) for item in value):
            return tuple(value)
        message = "`breaking` must be a list of WIRE, RUN, SOURCE and codes"
        self.report("P103", message, "breaking", 'write breaking = ["WIRE", "RUN"]')
        return default

    def module(self, key: str, default: str) -> str:
        value = self.table.get(key, default)
        if isinstance(value, str) and all(is_python_name(part) for part in value.split(".")):
            return value
        self.report("P103", f"`{key}` must be the dotted name of a module", key, f'write {key} = "shop.{default}"')
        return default

    def folder(self, key: str, example: str) -> str | None:
        value = self.table.get(key)
        if value is None:
            return None
        if isinstance(value, str) and value and not PurePosixPath(value).is_absolute() and ".." not in value.split("/"):
            return value
        hint = f'write {key} = "{example}"'
        self.report("P103", f"`{key}` must be a directory of this project", key, hint)
        return None

    def unknown_events(self, default: UnknownEvents) -> UnknownEvents:
        match self.table.get("unknown_events", default):
            case "refuse" | "accept" as value:
                return value
            case _:
                self.report("P103", "`unknown_events` must be refuse or accept", "unknown_events")
                return default

    def synchronous(self, default: Synchronous) -> Synchronous:
        match self.table.get("synchronous", default):
            case "full" | "normal" as value:
                return value
            case _:
                message = "`synchronous` must be full or normal"
                self.report(
                    "P103", message, "synchronous", "normal is faster, and power loss may cost what it answered"
                )
                return default

    def flag(self, key: str) -> bool:
        value = self.table.get(key, False)
        if isinstance(value, bool):
            return value
        self.report("P103", f"`{key}` must be true or false", key)
        return False

    def severities(self) -> Mapping[str, Severity | None]:
        table = self.table.get("severity", {})
        if not isinstance(table, dict):
            self.report("P103", "`severity` must be a table", "severity", 'write severity = { V201 = "off" }')
            return {}
        return {code: self.severity(code, value) for code, value in table.items()}

    def severity(self, code: str, value: object) -> Severity | None:
        from surestep_dsl.expr import PROBLEM_CODES  # noqa: PLC0415 -- the lint's start, and mypy's, mostly without

        default = PROBLEM_CODES[code][0] if code in PROBLEM_CODES else None
        adjustable = _TABLE_CODES[code].adjustable if code in _TABLE_CODES else default is not Severity.ERROR
        if code not in _TABLE_CODES and code not in PROBLEM_CODES:
            hint = did_you_mean(code, [*_TABLE_CODES, *PROBLEM_CODES])
            self.report("P102", f"there is no code `{code}`", code, hint)
        elif value not in (*Severity, _OFF):
            self.report("P103", f"the severity of {code} must be error, warning, info or off", code)
        elif not adjustable and value != Severity.ERROR:
            self.report("P103", f"{code} stays an error: without it the specs have no clear meaning", code)
        elif value != _OFF:
            return Severity(str(value))
        return None
