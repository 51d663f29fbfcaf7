"""What targets want written, compared with what is there.

Their files have no header of ours, as many formats know no comments. Instead a list of them with a hash of each stands
in the project's root and is committed with them: so an edit is told from a file that is out of date, and a file that no
target wants any more can be deleted.
"""

import hashlib
import json
import traceback
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import CodeType
from typing import Final

from surestep_codegen.manifest import Finding, Verdict
from surestep_codegen.project_codes import report
from surestep_codegen.project_problem import ProjectProblemError
from surestep_codegen.targets.target import Target
from surestep_dsl.diagnostics import Span
from surestep_dsl.model import Project

__all__ = ["LIST", "TargetFiles", "compare_target_files", "render_targets"]

LIST: Final = ".surestep-targets.json"
"""The name of the list."""


@dataclass(frozen=True, slots=True)
class TargetFiles:
    """What separates the disk from the targets; paths are relative to the project's root unless `moved`.

    Attributes:
        expected: the files that should be there, the list among them.
        found: those of them, and of the list on the disk, that are there.
    """

    findings: tuple[Finding, ...] = ()
    expected: Mapping[str, str] = field(default_factory=dict)
    found: Mapping[str, str] = field(default_factory=dict)

    def moved(self, prefix: str) -> "TargetFiles":
        """The same seen from another directory, from which `prefix` leads to this one."""
        return TargetFiles(
            tuple(Finding(f"{prefix}{finding.path}", finding.verdict) for finding in self.findings),
            {f"{prefix}{path}": text for path, text in self.expected.items()},
            {f"{prefix}{path}": text for path, text in self.found.items()},
        )


def render_targets(targets: Iterable[Target], project: Project, package: str) -> dict[str, str]:
    """All files of all targets, by path.

    Args:
        targets: what is wanted.
        project: the checked project.
        package: the directory of the generated package, seen from the project's root.

    Raises:
        ProjectProblemError: a target fails, or wants a file that it must not write.
    """
    files: dict[str, str] = {}
    for target in targets:
        try:
            made = dict(target.render(project))
        except Exception as error:
            frame = traceback.extract_tb(error.__traceback__)[-1]
            place = Span(frame.filename, frame.lineno or 1, 1, frame.lineno or 1, 1)
            raise _failed(target, f"{type(error).__name__}: {error}", place) from error
        for path, text in made.items():
            if why := _refusal(path, text, files, package):
                raise _failed(target, f"{path!r} {why}", _place(target))
            files[path] = text
    return dict(sorted(files.items()))


def _place(target: Target) -> Span:
    """Where a target's function is defined, as far as Python tells."""
    code = getattr(target.render, "__code__", None)
    file, line = (code.co_filename, code.co_firstlineno) if isinstance(code, CodeType) else ("pyproject.toml", 1)
    return Span(file, line, 1, line, 1)


def _failed(target: Target, why: str, place: Span) -> ProjectProblemError:
    return ProjectProblemError([report("K403", f"the target `{target.name}` failed: {why}", place)])


def _refusal(path: object, text: object, files: Mapping[str, str], package: str) -> str | None:
    """Why a file must not be written, or None."""
    if not isinstance(path, str) or not isinstance(text, str):
        return "is not a path with a text"
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or "\\" in path or str(pure) != path or not pure.parts:
        return "is not a path inside of the project"
    if pure.is_relative_to(package) or path == LIST:
        return "belongs to surestep"
    return "is a file of another target" if path in files else None


def compare_target_files(expected: Mapping[str, str], root: Path) -> TargetFiles:
    """Compare what should be there with what is."""
    recorded = _read_list(root)
    found = dict(_load(root, {*expected, *recorded, LIST}))
    findings = [
        Finding(path, _judge(found.get(path), recorded.get(path)))
        for path, text in expected.items()
        if found.get(path) != text
    ]
    findings += [Finding(path, Verdict.ORPHAN) for path in recorded if path in found and path not in expected]
    listed = _spell_list(expected)
    if expected and found.get(LIST) != listed:
        findings.append(Finding(LIST, Verdict.OUT_OF_DATE if LIST in found else Verdict.MISSING))
    elif not expected and LIST in found:
        findings.append(Finding(LIST, Verdict.ORPHAN))
    return TargetFiles(tuple(findings), {**expected, LIST: listed} if expected else {}, found)


def _judge(found: str | None, recorded: str | None) -> Verdict:
    if found is None:
        return Verdict.MISSING
    if recorded is None:
        return Verdict.FOREIGN
    return Verdict.OUT_OF_DATE if _digest(found) == recorded else Verdict.EDITED


def _load(root: Path, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    for path in sorted(paths):
        if (root / path).is_file():
            yield path, (root / path).read_text(encoding="utf-8", errors="replace")


def _read_list(root: Path) -> Mapping[str, str]:
    """The hashes by path; a list that is not ours is as good as none, and never leads out of the project."""
    try:
        found = json.loads((root / LIST).read_text(encoding="utf-8"))
        files = found["files"]
        return {str(path): str(digest) for path, digest in files.items() if _refusal(path, "", {}, LIST) is None}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _spell_list(files: Mapping[str, str]) -> str:
    about = "Files of `surestep generate`, by targets of pyproject.toml; do not edit."
    return (
        json.dumps({"about": about, "files": {path: _digest(files[path]) for path in sorted(files)}}, indent=2) + "\n"
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
