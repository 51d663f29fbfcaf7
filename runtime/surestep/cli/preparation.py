"""What happens before serving: the specs are checked and the code is generated."""

import ipaddress
import json
import shlex
import socket
from collections.abc import Iterator, Sized
from dataclasses import dataclass
from pathlib import Path

import click

from surestep.cli.problem import FindingError, ProblemError
from surestep.cli.project import load_here, show_findings
from surestep.cli.service import Service, address_of, service_of
from surestep_dsl.model import Project
from surestep_dsl.settings import Settings, find_source

__all__ = ["Prepared", "prepare"]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A service, and where the code lies that it is made of.

    Attributes:
        watched: files and directories whose changes matter.
        generated: the directory of the generated package, whose changes are ours.
    """

    service: Service
    watched: tuple[Path, ...]
    generated: Path


def prepare(store: Path, listener: socket.socket, *, again: bool = False) -> Prepared:
    """Check and generate; findings are shown.

    Args:
        store: the SQLite file.
        listener: the socket that will be served on.
        again: not the first time; the banner is then a short one.

    Raises:
        ProblemError: something is to be mended first.
    """
    settings, project = _load()
    source = _generate(settings, project)
    counts = f"{_count(project.events, 'event')}, {_count(project.functions, 'function')}"
    banner = f"reloaded: {counts}" if again else "\n".join(_banner(project, counts, store, listener))
    tops = {name.partition(".")[0] for name in (settings.package, settings.handlers)}
    code = (source / name for top in sorted(tops) for name in (top, f"{top}.py"))
    templates = () if settings.templates is None else (settings.templates,)
    sources = (settings.root / name for name in ("pyproject.toml", *settings.specs, *templates))
    watched = (*sources, *code)
    return Prepared(
        service_of(settings, source, store, banner),
        tuple(path for path in watched if path.exists()),
        source / settings.package.replace(".", "/"),
    )


def _banner(project: Project, counts: str, store: Path, listener: socket.socket) -> Iterator[str]:
    host, port, *_ = listener.getsockname()
    url = address_of(listener)
    yield f"{project.app} is served: {counts}"
    yield f"  address  {url}  (Ctrl-C stops)"
    yield f"  store    {store}"
    if example := _example(project):
        yield f"  send     surestep send {example}" + ("" if port == 8288 else f" --url {url}")
    if not ipaddress.ip_address(host).is_loopback:
        yield "  warning: whoever reaches this address may send events, and read and cancel runs"


def _load() -> tuple[Settings, Project]:
    found = load_here()
    show_findings(found.loaded, err=True)
    if found.settings is None or found.loaded.project is None:
        raise FindingError(f"{_count(found.loaded.errors, 'error')} in settings and specs")
    return found.settings, found.loaded.project


def _generate(settings: Settings, project: Project) -> Path:
    """Bring the generated package up to date; returns the directory that its top package lies in."""
    from surestep_codegen.extensions import load_extensions
    from surestep_codegen.generate import apply_changes, find_changes
    from surestep_codegen.plan.index import Layout
    from surestep_codegen.project_problem import ProjectProblemError
    from surestep_codegen.report import describe_changes

    source = find_source(settings)
    try:
        layout, extensions = Layout(settings.package, settings.handlers), load_extensions(settings)
        changes = find_changes(project, layout, source, extensions=extensions)
        if changes.foreign:
            finding = changes.foreign[0]
            raise FindingError(f"{finding.path} is {finding.verdict}", finding.mend)
        apply_changes(changes, source)
        if changes.findings:
            click.echo("\n".join(describe_changes(changes)), err=True)
    except ProjectProblemError as error:
        raise FindingError(str(error), error.found[0].hint) from None
    except OSError as error:
        raise ProblemError(f"cannot write {error.filename}: {error.strerror}") from None
    except RuntimeError as error:
        raise ProblemError(str(error)) from None
    return source


def _example(project: Project) -> str | None:
    """Arguments of `surestep send` for an event that starts something, with data from the spec where it has any."""
    names = sorted({name for function in project.functions.values() for name in function.trigger_events})
    events = [project.events[name] for name in names if name in project.events]
    event = next((event for event in events if event.examples), events[0] if events else None)
    if event is None:
        return None
    return f"{event.name} {shlex.quote(json.dumps(event.examples[0]) if event.examples else '{...}')}"


def _count(things: Sized, noun: str) -> str:
    return f"{len(things)} {noun}{'' if len(things) == 1 else 's'}"
