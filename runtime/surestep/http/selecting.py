"""From a request's body to the runs that are meant, and what is to be done again of them."""

from dataclasses import dataclass, field
from typing import Final

import pydantic_core
from pydantic import JsonValue

from surestep.core.records import RunStatus
from surestep.engines.control_api import Selection
from surestep.http.intake import parse_object
from surestep.http.refusals import refuse

__all__ = ["Action", "parse_action", "parse_replay"]

_TEXTS: Final = ("function", "status", "if")
_INSTANTS: Final = ("since", "until")
_REPLAY: Final = ("step", "data")


@dataclass(frozen=True, slots=True)
class Action:
    """What a request asks for.

    Attributes:
        step: from which on it is to be done again.
        data: what the run's event is to carry instead, as JSON.
    """

    selection: Selection = field(default_factory=Selection)
    step: str = ""
    data: bytes | None = None


def parse_action(body: bytes, *, may_mean_all: bool = False) -> Action:
    """A selection, and what `replay` takes.

    Raises:
        RefusedError: it is not that, or it states no condition and so means all runs.
    """
    content = _checked(body, ("run_ids", *_TEXTS, *_INSTANTS, "live", *_REPLAY))
    if not may_mean_all and not content.keys() & {"run_ids", *_TEXTS, *_INSTANTS}:
        raise refuse("H018", "no runs are named and no condition is stated, so all would be meant")
    run_ids = content.get("run_ids")
    if "run_ids" in content and not (isinstance(run_ids, list) and run_ids):
        raise refuse("H018", "run_ids must be a list of ids, and not an empty one")
    texts = {key: _text(content, key) for key in _TEXTS}
    status = texts["status"]
    if status is not None and status not in set(RunStatus):
        raise refuse("H018", f"{status!r} is no status of a run", f"known are {', '.join(RunStatus)}")
    selection = Selection(
        tuple(map(str, run_ids)) if isinstance(run_ids, list) else (),
        texts["function"],
        None if status is None else RunStatus(status),
        _instant(content, "since"),
        _instant(content, "until"),
        texts["if"],
        _flag(content, "live"),
    )
    return Action(selection, _text(content, "step") or "", _data(content))


def parse_replay(body: bytes) -> Action:
    """What is to be done again of a run; an empty body means all of it.

    Raises:
        RefusedError: it is not that.
    """
    content = _checked(body or b"{}", _REPLAY)
    return Action(step=_text(content, "step") or "", data=_data(content))


def _checked(body: bytes, known: tuple[str, ...]) -> dict[str, JsonValue]:
    content = parse_object(body, "H018")
    if unknown := content.keys() - set(known):
        raise refuse("H018", f"the body has no key {min(unknown)!r}", f"it may have {', '.join(known)}")
    return content


def _text(content: dict[str, JsonValue], key: str) -> str | None:
    value = content.get(key)
    if not isinstance(value, str | None):
        raise refuse("H018", f"{key} must be a text")
    return value


def _instant(content: dict[str, JsonValue], key: str) -> int | None:
    value = content.get(key)
    if isinstance(value, bool) or not isinstance(value, int | None):
        raise refuse("H018", f"{key} must be an instant in Unix milliseconds")
    return value


def _flag(content: dict[str, JsonValue], key: str) -> bool | None:
    value = content.get(key)
    if not isinstance(value, bool | None):
        raise refuse("H018", f"{key} must be true or false")
    return value


def _data(content: dict[str, JsonValue]) -> bytes | None:
    return pydantic_core.to_json(content["data"]) if "data" in content else None
