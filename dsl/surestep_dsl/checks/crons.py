"""Cron triggers: five valid fields in a known time zone, that fire, and not twice."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from surestep_dsl.checks.view import Check, View
from surestep_dsl.cron import Cron, CronProblem, parse_cron, time_zones
from surestep_dsl.diagnostics import Diagnostic
from surestep_dsl.flow import CronTrigger
from surestep_dsl.model import Path
from surestep_dsl.nearest import did_you_mean
from surestep_dsl.nodes import ScalarNode

__all__ = ["CHECK"]


def find_bad_crons(view: View) -> Iterator[Diagnostic]:
    """A cron has five fields: minute, hour, day of month, month, day of week (0 is Sunday).

    Names such as `mon` and `jan`, lists, ranges and steps are allowed. Where both day fields are given, a day counts
    when either holds it. A cron that can never fire (`0 0 31 2 *`), a time zone that the database does not know, and
    two crons of one function with one meaning are errors.
    """
    for function_id, function in view.project.functions.items():
        equal: dict[tuple[Cron, str], list[Path]] = defaultdict(list)
        for at, trigger in enumerate(function.options.triggers):
            if not isinstance(trigger, CronTrigger):
                continue
            path = ("functions", function_id, "triggers", at)
            cron = parse_cron(trigger.cron)
            yield from _judge_zone(view, trigger.timezone, path)
            if isinstance(cron, CronProblem):
                yield _place_problem(view, cron, trigger, (*path, "cron"))
                continue
            if not cron.ever_fires:
                message = f"`{trigger.cron}` never fires: no such day exists"
                yield view.find("C104", message, (*path, "cron"), value=True)
            equal[cron, trigger.timezone].append((*path, "cron"))
        for paths in equal.values():
            if len(paths) > 1:
                yield view.find_at_last("C105", "two crons of this function fire at the same times", paths)


def _place_problem(view: View, problem: CronProblem, trigger: CronTrigger, path: Path) -> Diagnostic:
    """The fields may stand behind a `TZ=` prefix."""
    node = view.places.value(path)
    shift = len(node.text) - len(trigger.cron) if isinstance(node, ScalarNode) else 0
    return view.find_in("C101", problem.message, path, problem.start + shift, problem.end + shift, problem.hint)


def _judge_zone(view: View, zone: str, path: Path) -> Iterator[Diagnostic]:
    if zone not in time_zones():
        key = "timezone" if (*path, "timezone") in view.places else "cron"
        hint = did_you_mean(zone, time_zones(), "a name of the time zone database, such as Europe/Paris")
        yield view.find("C102", f"there is no time zone `{zone}`", (*path, key), hint, value=True)


def _with(*triggers: str) -> str:
    return "functions:\n  f:\n    triggers:\n" + "".join(f"      - {{cron: {trigger}}}\n" for trigger in triggers)


CHECK: Final = Check(
    codes=("C101", "C102", "C104", "C105"),
    find=find_bad_crons,
    valid=(
        _with('"*/5 0-6,22 1,15 jan-mar mon"', '"0 12 * * 5", timezone: Europe/Paris'),
        _with('"TZ=Europe/Paris 0 12 * * SUN"', '"TZ=Europe/Paris 0 13 * * *", timezone: Europe/Paris'),
        _with('"0 0 29 2 *"', '"0 0 31 2 mon"'),
    ),
    invalid=(
        (_with('"* * * *"'), "C101"),
        (_with('"0 * * * * *"'), "C101"),
        (_with('"@daily"'), "C101"),
        (_with('"0 0 * * 7"'), "C101"),
        (_with('"0 0 L * *"'), "C101"),
        (_with('"60 0 * * *"'), "C101"),
        (_with('"*/0 0 * * *"'), "C101"),
        (_with('"0 5-1 * * *"'), "C101"),
        (_with('"0 0 * * *", timezone: Europe/Pariss'), "C102"),
        (_with('"TZ=Nowhere 0 0 * * *"'), "C102"),
        (_with('"0 0 31 2 *"'), "C104"),
        (_with('"0 0 31 4,6,9,11 *"'), "C104"),
        (_with('"0 0 * * mon"', '"0  0 * * 1"'), "C105"),
        (_with('"TZ=Europe/Paris 0 0 * * *"', '"0 0 * * *", timezone: Europe/Paris'), "C105"),
    ),
)
