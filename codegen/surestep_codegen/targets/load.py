"""Finds the targets that the settings name, among ours and those of installed packages."""

from importlib.metadata import EntryPoint, entry_points
from typing import Final

from surestep_codegen.project_codes import report
from surestep_codegen.project_problem import ProjectProblemError
from surestep_codegen.targets.own import OWN_TARGETS
from surestep_codegen.targets.target import Target
from surestep_dsl.nearest import did_you_mean
from surestep_dsl.nodes import SourceText
from surestep_dsl.settings import Settings, find_setting

__all__ = ["GROUP", "load_targets"]

GROUP: Final = "surestep.targets"
"""The group of entry points by which packages announce targets."""


def load_targets(settings: Settings) -> tuple[Target, ...]:
    """The targets in the order of the settings; one of ours comes before one of a package with its name.

    Raises:
        ProjectProblemError: one is not known, or cannot be loaded.
    """
    if not settings.targets:
        return ()
    source = SourceText("pyproject.toml", (settings.root / "pyproject.toml").read_text("utf-8"))
    own = {target.name: target for target in OWN_TARGETS}
    installed = {point.name: point for point in entry_points(group=GROUP)}
    targets, known = [], sorted({*own, *installed})
    for name in dict.fromkeys(settings.targets):
        place = find_setting(source, "targets", name)
        if name not in known:
            hint = did_you_mean(name, known, f"targets here are {', '.join(known)}")
            raise ProjectProblemError([report("K401", f"there is no target `{name}`", place, hint)], source)
        loaded = own.get(name) or _load(installed[name])
        if isinstance(loaded, str):
            raise ProjectProblemError(
                [report("K402", f"the target `{name}` cannot be loaded: {loaded}", place)], source
            )
        targets.append(loaded)
    return tuple(targets)


def _load(point: EntryPoint) -> Target | str:
    """What an entry point leads to, or why that is no target."""
    try:
        found: object = point.load()
    except Exception as error:  # noqa: BLE001 -- importing a package can raise anything
        return f"{type(error).__name__}: {error}"
    if not isinstance(found, Target):
        return f"{point.value} is no surestep_codegen.targets.Target"
    return found if found.name == point.name else f"it calls itself `{found.name}`"
