"""Whether mypy is told to prove that handlers fit."""

import configparser
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from surestep_codegen.doctor.subject import Subject
from surestep_codegen.project_codes import report
from surestep_dsl.diagnostics import Diagnostic

__all__ = ["check_type_checker"]

_PLUGIN: Final = "pydantic.mypy"
_OUR_PLUGIN: Final = "surestep_codegen.mypy"
_PLUGIN_SETTINGS: Final = ("init_forbid_extra", "init_typed")
_INI_FILES: Final = (("mypy.ini", "mypy"), (".mypy.ini", "mypy"), ("setup.cfg", "mypy"))


@dataclass(frozen=True, slots=True)
class _Configuration:
    """What mypy reads: values as text, lists with commas."""

    file: str
    mypy: Mapping[str, str]
    plugin: Mapping[str, str]


def check_type_checker(subject: Subject) -> Iterator[Diagnostic]:
    """Its strictness, forgotten awaits, pydantic's plugin, which by default finds less than no plugin, and ours."""
    found = _load(subject)
    if not _is_on(found.mypy.get("strict")):
        message = "mypy is not strict, so handlers without types pass unseen"
        yield report("K308", message, subject.span(found.file, "mypy"), "set `strict = true` for mypy")
    if "unused-awaitable" not in _words(found.mypy.get("enable_error_code")):
        hint = 'set `enable_error_code = ["unused-awaitable"]` for mypy'
        yield report("K309", "mypy does not report a step without `await`", subject.span(found.file, "mypy"), hint)
    missing = [name for name in _PLUGIN_SETTINGS if not _is_on(found.plugin.get(name))]
    if _PLUGIN in _words(found.mypy.get("plugins")) and missing:
        message = "pydantic's mypy plugin with these settings lets wrong events pass that mypy alone finds"
        hint = f"take the plugin out, or set {' and '.join(f'`{name} = true`' for name in missing)} for it"
        yield report("K310", message, subject.span(found.file, _PLUGIN), hint)
    if _OUR_PLUGIN not in _words(found.mypy.get("plugins")):
        message = "mypy runs without the plugin of surestep, so what only types tell of handlers passes unseen"
        yield report("K311", message, subject.span(found.file, "mypy"), f'set `plugins = ["{_OUR_PLUGIN}"]` for mypy')


def _load(subject: Subject) -> _Configuration:
    """The first file that mypy would take."""
    for name, section in _INI_FILES[:2]:
        if (found := _load_ini(subject, name, section)) is not None:
            return found
    tools = subject.pyproject.get("tool")
    if isinstance(tools, dict) and isinstance(tools.get("mypy"), dict):
        return _Configuration("pyproject.toml", _flat(tools["mypy"]), _flat(tools.get("pydantic-mypy")))
    name, section = _INI_FILES[2]
    return _load_ini(subject, name, section) or _Configuration("pyproject.toml", {}, {})


def _load_ini(subject: Subject, name: str, section: str) -> _Configuration | None:
    parser = configparser.RawConfigParser()
    try:
        parser.read_string((subject.settings.root / name).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, configparser.Error):
        return None
    if not parser.has_section(section):
        return None
    plugin = dict(parser["pydantic-mypy"]) if parser.has_section("pydantic-mypy") else {}
    return _Configuration(name, dict(parser[section]), plugin)


def _flat(table: object) -> dict[str, str]:
    if not isinstance(table, dict):
        return {}
    return {key: ",".join(map(str, value)) if isinstance(value, list) else str(value) for key, value in table.items()}


def _words(value: str | None) -> set[str]:
    return {word.strip() for word in (value or "").replace("\n", ",").split(",")}


def _is_on(value: str | None) -> bool:
    return (value or "").strip().lower() in ("true", "yes", "on", "1")
