"""Finds the specs that today's are held against: those of a commit, or those of a directory."""

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from surestep_codegen.breaking.git import GitError, UnknownRefError, find_prefix, load_blobs, resolve_ref
from surestep_dsl.load import find_spec_files
from surestep_dsl.settings import Settings, parse_settings

__all__ = ["OldSpecsError", "load_old_specs"]

_SUFFIXES: Final = (".yaml", ".yml")
_SETTINGS: Final = "pyproject.toml"


@dataclass
class OldSpecsError(Exception):
    """The older specs cannot be had.

    Attributes:
        is_usage: another argument would help.
    """

    message: str
    hint: str
    is_usage: bool = True


def load_old_specs(against: str, settings: Settings, *, is_asked: bool = False) -> Mapping[str, bytes]:
    """The content of each older spec, by a name for messages.

    Args:
        against: a directory, a name of a commit, or a commit and where the project lay in it: `main:services/shop`.
        settings: of today's project; the older one's own settings say where its specs are, if it has any.
        is_asked: the specs of `settings` were asked for: of a commit, the same paths count.

    Raises:
        OldSpecsError: there are none, for a reason that the message says.
    """
    folder = Path(against)
    if not folder.is_dir():
        return _from_git(against, settings, is_asked=is_asked)
    if folder.parts[-1:] == (against,) and _is_ref(settings.root, against):
        hint = f"write ./{against} for the directory, or {against}~0 for the commit"
        raise OldSpecsError(f"`{against}` is a directory and a commit", hint)
    return _from_folder(against, folder.resolve(), settings)


def _is_ref(root: Path, name: str) -> bool:
    try:
        return bool(resolve_ref(root, name))
    except GitError:
        return False


def _from_folder(against: str, folder: Path, settings: Settings) -> Mapping[str, bytes]:
    """A project, which has settings of its own, or a directory of specs."""
    path = folder / _SETTINGS
    own = _own_specs(path.read_bytes(), settings) if path.is_file() else None
    files, _ = find_spec_files(own or (".",), folder)
    if not files:
        raise OldSpecsError(f"there is no spec (*.yaml, *.yml) in {against}", "name the directory of a project")
    try:
        return {PurePosixPath(against, _relative(file, folder)).as_posix(): file.read_bytes() for file in files}
    except OSError as error:
        raise OldSpecsError(f"{error.filename} cannot be read: {error.strerror}", "", is_usage=False) from error


def _relative(file: Path, folder: Path) -> str:
    return (file.relative_to(folder) if file.is_relative_to(folder) else file).as_posix()


def _from_git(against: str, settings: Settings, *, is_asked: bool) -> Mapping[str, bytes]:
    ref, _, moved = against.partition(":")
    try:
        prefix = find_prefix(settings.root)
        commit = resolve_ref(settings.root, ref)
        prefix = f"{moved.strip('/')}/" if moved else prefix
        return _specs_of(commit, ref, prefix, settings, is_asked=is_asked)
    except UnknownRefError as error:
        hint = "fetch it first (a CI checkout may hold one commit only), or name an existing directory"
        raise OldSpecsError(f"`{ref}` is no directory, and {error}", hint) from error
    except GitError as error:
        hint = "--against takes a commit of the project's git repository, or a directory"
        raise OldSpecsError(f"`{against}` cannot be read from git: {error}", hint, is_usage=False) from error


def _specs_of(commit: str, ref: str, prefix: str, settings: Settings, *, is_asked: bool) -> Mapping[str, bytes]:
    own = list(load_blobs(settings.root, commit, [f"{prefix}{_SETTINGS}"], lambda _: True).values())
    listed = (_own_specs(own[0], settings) if own and not is_asked else None) or settings.specs
    asked = [posixpath.normpath(f"{prefix}{path}") for path in listed]
    if outside := [path for path in asked if path.startswith(("../", "/"))]:
        message = f"the specs in {outside[0]} lie outside of the repository"
        raise OldSpecsError(message, "name a directory with the older specs instead of a commit")
    specs = load_blobs(settings.root, commit, asked, lambda path: any(_is_spec(path, base) for base in asked))
    if not specs:
        where = " and ".join(asked)
        hint = f"if the project was elsewhere, say where: --against {ref}:its/old/directory"
        raise OldSpecsError(f"there is no spec (*.yaml, *.yml) under {where} in `{ref}`", hint)
    return {f"{ref}:{path.removeprefix(prefix)}": specs[path] for path in sorted(specs)}


def _is_spec(path: str, base: str) -> bool:
    """Whether a file is the one asked for, or a spec in the directory asked for; hidden entries are skipped."""
    if path == base:
        return True
    below = path if base == "." else path.removeprefix(f"{base}/")
    is_below = base == "." or below != path
    return is_below and path.endswith(_SUFFIXES) and not any(part.startswith(".") for part in below.split("/"))


def _own_specs(content: bytes, settings: Settings) -> Iterable[str] | None:
    """Where the settings of back then say that specs are; None where there were none."""
    own = parse_settings(content.decode(errors="replace"), settings.root)
    return own.specs if isinstance(own, Settings) else None
