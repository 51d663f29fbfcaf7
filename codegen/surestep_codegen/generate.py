"""From a checked project to files, and from files to what has to change on the disk."""

from collections.abc import Collection, Container, Mapping
from dataclasses import dataclass
from pathlib import Path

from surestep_codegen.custom_templates import BUILT_IN, Templates
from surestep_codegen.extensions import NO_EXTENSIONS, Extensions
from surestep_codegen.manifest import Finding, Verdict, compare, seal
from surestep_codegen.plan.index import Index, Layout
from surestep_codegen.plan.missing_upcasters import find_missing_upcasters
from surestep_codegen.plan.model import StubModule, TextFile, UpcasterModule
from surestep_codegen.plan.project import Plan, plan_project
from surestep_codegen.spell import Speller, check_syntax, spell_modules
from surestep_codegen.targets.files import TargetFiles, compare_target_files, render_targets
from surestep_codegen.write import delete_files, load_files, write_files
from surestep_dsl.collector import paused_collector
from surestep_dsl.diagnostics import Diagnostic
from surestep_dsl.model import Project

__all__ = ["Changes", "apply_changes", "find_changes", "find_missing_stubs", "generate_files", "generate_stubs"]


@dataclass(frozen=True, slots=True)
class Changes:
    """What separates the disk from the specs.

    Attributes:
        findings: one for each file that differs, sorted by path.
        files: the texts to be written.
        found: the texts of generated files that are there.
        stubs: which of them become the user's.
        count: how many files are generated altogether, stubs not counted.
        problems: what generating cannot mend, as the file concerned is the user's.
    """

    findings: tuple[Finding, ...]
    files: Mapping[str, str]
    found: Mapping[str, str]
    stubs: frozenset[str]
    count: int
    problems: tuple[Diagnostic, ...]

    @property
    def foreign(self) -> tuple[Finding, ...]:
        """Files in the way that somebody else wrote: nothing is changed while there are any."""
        return tuple(finding for finding in self.findings if finding.verdict is Verdict.FOREIGN)


def generate_files(project: Project, layout: Layout) -> dict[str, str]:
    """The generated package: text by path, relative to the directory that holds the top package."""
    return _spell(plan_project(project, layout), ())[0]


def generate_stubs(project: Project, layout: Layout) -> dict[str, str]:
    """All handler stubs and empty packages that a project without any handler needs."""
    plan = plan_project(project, layout)
    return _spell(plan, plan.stubs)[1]


def _spell(
    plan: Plan,
    stubs: Collection[StubModule | UpcasterModule | TextFile],
    speller: Speller | None = None,
    templates: Templates = BUILT_IN,
    unchecked: Container[str] = (),
) -> tuple[dict[str, str], dict[str, str]]:
    """Our files with their headers, and those stubs that are wanted; formatted together, which is much cheaper."""
    texts = (speller or Speller()).spell((*plan.generated, *stubs), templates, unchecked)
    ours = {module.path: seal(module.path, texts[module.path]) for module in plan.generated}
    return ours, {stub.path: texts[stub.path] for stub in stubs}


def find_changes(
    project: Project,
    layout: Layout,
    source: Path,
    speller: Speller | None = None,
    extensions: Extensions = NO_EXTENSIONS,
) -> Changes:
    """Compare the disk with what the specs say; changes nothing.

    Args:
        project: the checked project.
        layout: names of the packages.
        source: the directory that holds the top package.
        speller: remembers from one time to the next what has not changed.
        extensions: templates and targets that the project adds.

    Raises:
        ProjectProblemError: one of them is faulty.
        RuntimeError: there is no ruff.
    """
    with paused_collector():
        return _find_changes(project, layout, source, speller, extensions)


def _find_changes(
    project: Project, layout: Layout, source: Path, speller: Speller | None, extensions: Extensions
) -> Changes:
    plan = plan_project(project, layout)
    stubs = [stub for stub in plan.stubs if not _is_there(source, stub.path)]
    found = load_files(source, layout.package.replace(".", "/"))
    ours, missing = _spell(plan, stubs, speller, extensions.templates, found)
    findings = compare(ours, found)
    changed = {finding.path for finding in findings}
    check_syntax({path: text for path, text in ours.items() if path in changed and path in found})
    further = _find_target_files(project, layout, source, extensions)
    ours, found = {**ours, **further.expected}, {**found, **further.found}
    findings += further.findings
    findings += [Finding(path, Verdict.MISSING) for path in missing]
    changed = {finding.path for finding in findings}
    files = {path: text for path, text in {**ours, **missing}.items() if path in changed}
    problems = tuple(find_missing_upcasters(Index(project, layout), _load_upcasters(plan, source)))
    findings.sort(key=lambda finding: finding.path)
    return Changes(tuple(findings), files, found, frozenset(missing), len(ours), problems)


def _find_target_files(project: Project, layout: Layout, source: Path, extensions: Extensions) -> TargetFiles:
    """What targets want, with paths as seen from `source`, which may lie below the project's root."""
    root = extensions.root
    if root is None:
        return TargetFiles()
    package = (source / layout.package.replace(".", "/")).relative_to(root).as_posix()
    files = compare_target_files(render_targets(extensions.targets, project, package), root)
    return files.moved("../" * len(source.relative_to(root).parts))


def find_missing_stubs(plan: Plan, source: Path, templates: Templates = BUILT_IN) -> dict[str, str]:
    """The stubs, and the empty packages around them, that are not there: text by path."""
    stubs = [stub for stub in plan.stubs if not _is_there(source, stub.path)]
    return spell_modules(stubs, templates)


def _load_upcasters(plan: Plan, source: Path) -> dict[str, str]:
    """Of the modules of upcasters, which are the user's, those that are there."""
    paths = (stub.path for stub in plan.stubs if isinstance(stub, UpcasterModule))
    return {path: (source / path).read_text("utf-8", "replace") for path in paths if (source / path).is_file()}


def _is_there(source: Path, path: str) -> bool:
    """A handler counts as present if its module exists at all, also as a package."""
    return (source / path).exists() or (source / path.removesuffix(".py") / "__init__.py").exists()


def apply_changes(changes: Changes, source: Path) -> None:
    """Write what differs and delete orphans; does nothing where nothing differs.

    Raises:
        OSError: a file cannot be written; those before it are.
    """
    write_files(source, changes.files)
    delete_files(source, (finding.path for finding in changes.findings if finding.verdict is Verdict.ORPHAN))
