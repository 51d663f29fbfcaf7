"""Draws simulated runs over time, as text and as SVG. Pure."""

from collections.abc import Sequence
from html import escape
from typing import Final

from surestep.testing.simulation import Arrival, SimulatedRun
from surestep_dsl.duration import format_duration

__all__ = ["draw_svg", "draw_text"]

_COLUMNS: Final = 60
_WIDTH: Final = 900
_ROW: Final = 22
_LEFT: Final = 60


def draw_text(arrivals: Sequence[Arrival], runs: Sequence[SimulatedRun]) -> str:
    """One line per run: `v` an event arrives, `.` it waits, `#` it runs, `x` it is skipped or cancelled."""
    length_ms = _length_ms(arrivals, runs)
    lines = [f"run  0s{format_duration(length_ms):>{_COLUMNS - 2}}"]
    for number, run in enumerate(runs, 1):
        cells = [" "] * (_COLUMNS + 1)
        waits = run.started_at_ms if run.started_at_ms is not None else run.ended_at_ms
        _fill(cells, run.created_at_ms, run.created_at_ms if waits is None else waits, length_ms, ".")
        for at in run.arrivals:
            _fill(cells, arrivals[at].at_ms, arrivals[at].at_ms, length_ms, "v")
        if run.started_at_ms is not None:
            _fill(cells, run.started_at_ms, run.ended_at_ms or length_ms, length_ms, "#")
        if run.reason:
            cells[_cell(run.ended_at_ms or 0, length_ms)] = "x"
        lines.append(f"{number:<4} {''.join(cells).rstrip():<{_COLUMNS + 1}}  {_told(run)}".rstrip())
    return "\n".join(lines) + "\n"


def draw_svg(title: str, arrivals: Sequence[Arrival], runs: Sequence[SimulatedRun]) -> str:
    """A bar per run, light while it waits and dark while it runs; a circle per event, a cross where one is skipped."""
    length_ms = _length_ms(arrivals, runs)
    height = _ROW * (len(runs) + 2)
    size = f'width="{_WIDTH}" height="{height}" font-family="sans-serif" font-size="12"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}><title>{escape(title)}</title>',
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="{_LEFT}" y="15">0s</text>',
        f'<text x="{_WIDTH - 20}" y="15" text-anchor="end">{format_duration(length_ms)}</text>',
    ]
    for number, run in enumerate(runs, 1):
        parts += _bars(number, arrivals, run, length_ms)
    return "\n".join((*parts, "</svg>\n"))


def _bars(number: int, arrivals: Sequence[Arrival], run: SimulatedRun, length_ms: int) -> list[str]:
    top = number * _ROW
    end_ms = length_ms if run.ended_at_ms is None else run.ended_at_ms
    start_ms = end_ms if run.started_at_ms is None else run.started_at_ms
    parts = [f"<g><title>{escape(_told(run))}</title>", f'<text x="10" y="{top + 15}">{number}</text>']
    for begin, end, colour in ((run.created_at_ms, start_ms, "#d0d7de"), (start_ms, end_ms, "#2563eb")):
        if end > begin:
            x, right = _x(begin, length_ms), _x(end, length_ms)
            parts.append(f'<rect x="{x}" y="{top + 5}" width="{right - x}" height="12" fill="{colour}"/>')
    dots = (_x(arrivals[at].at_ms, length_ms) for at in run.arrivals)
    parts += [f'<circle cx="{x}" cy="{top + 11}" r="4" fill="#16a34a"/>' for x in dots]
    if run.reason:
        parts.append(f'<text x="{_x(end_ms, length_ms) + 6}" y="{top + 15}" fill="#dc2626">{escape(run.reason)}</text>')
    return [*parts, "</g>"]


def _length_ms(arrivals: Sequence[Arrival], runs: Sequence[SimulatedRun]) -> int:
    instants = [arrival.at_ms for arrival in arrivals] + [run.ended_at_ms or 0 for run in runs]
    return max(instants, default=0) or 1


def _cell(at_ms: int, length_ms: int) -> int:
    return at_ms * _COLUMNS // length_ms


def _x(at_ms: int, length_ms: int) -> int:
    return _LEFT + at_ms * (_WIDTH - _LEFT - 20) // length_ms


def _fill(cells: list[str], from_ms: int, to_ms: int, length_ms: int, mark: str) -> None:
    first = _cell(from_ms, length_ms)
    for at in range(first, max(_cell(to_ms, length_ms), first + 1)):
        cells[at] = mark


def _told(run: SimulatedRun) -> str:
    events = ",".join(str(at + 1) for at in run.arrivals)
    if run.reason:
        return f"event {events}: {run.reason}"
    began = "" if run.started_at_ms is None else f", began at {format_duration(run.started_at_ms)}"
    return f"event{'s' if len(run.arrivals) > 1 else ''} {events}{began}"
