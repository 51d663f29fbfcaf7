"""Imports the user's code and says where it is at fault, without the frames of ours."""

import sys
import traceback
from importlib import import_module
from pathlib import Path
from typing import Final

from surestep.authoring.registry import Registry
from surestep.cli.problem import FindingError
from surestep.errors import ConfigurationError

__all__ = ["load_registry"]

_GENERATE: Final = "`surestep generate` writes it; its name stands in pyproject.toml as `package`"


def load_registry(source: Path, package: str) -> Registry:
    """The registry of a generated package, with every handler imported.

    Args:
        source: the directory that the user's packages lie in; it is made importable.
        package: dotted name of the generated package.

    Raises:
        FindingError: a module cannot be imported, or a handler is missing or bound to another function.
    """
    sys.path.insert(0, str(source))
    try:
        registry: Registry = import_module(f"{package}.registry").REGISTRY
        registry.load_functions()
    except ConfigurationError as error:
        message, *details = str(error).splitlines()
        raise FindingError(message, error.hint, details=tuple(details)) from None
    except SyntaxError as error:
        raise _explain_syntax(error) from None
    except ModuleNotFoundError as error:
        if error.name is None or not f"{package}.registry.".startswith(f"{error.name}."):
            raise _explain_import(error, source) from None
        raise FindingError(f"there is no generated package {package} in {source}", _GENERATE) from None
    except (Exception, SystemExit) as error:  # noqa: BLE001 -- the user's modules may raise anything when imported
        raise _explain_import(error, source) from None
    return registry


def _explain_syntax(error: SyntaxError) -> FindingError:
    place = f"{_shown(error.filename or '?')}:{error.lineno}:{error.offset}"
    line = (error.text or "").rstrip("\n")
    indent = len(line) - len(line.lstrip())
    caret = " " * ((error.offset or 1) - 1 - indent) + "^"
    return FindingError(f"{place}: {error.msg}", details=(line.lstrip(), caret))


def _explain_import(error: BaseException, source: Path) -> FindingError:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_users(frame.filename, source)]
    places = [f"{_shown(frame.filename)}:{frame.lineno}" for frame in frames]
    message = f"{type(error).__name__}: {error}"
    if places:
        message = f"{places[-1]}: {message}"
    details = tuple(f"imported from {place}" for place in places[-2::-1])
    hint = "is it installed in this environment?" if isinstance(error, ModuleNotFoundError) else None
    return FindingError(message, hint, details=details)


def _is_users(filename: str, source: Path) -> bool:
    path = Path(filename)
    return path.is_relative_to(source) and "site-packages" not in path.parts


def _shown(filename: str) -> str:
    """As the user would write it here."""
    path, here = Path(filename), Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else filename
