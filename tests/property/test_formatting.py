"""Formatting random files: twice is once, nothing means something else, no comment is lost."""

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings, strategies as st
from tests.conftest import enough

from surestep_dsl.checks import CHECKS
from surestep_dsl.fmt import format_source
from surestep_dsl.load import load_files
from surestep_dsl.model import Project
from surestep_dsl.nodes import SourceText
from surestep_dsl.source import parse_source

HEADER = "spec: 1\napp: shop\n"
SPECS = [HEADER + text for check in CHECKS for text in check.valid]
SPECS += [path.read_text() for path in sorted((Path(__file__).parents[2] / "specs").glob("*.yaml"))]
MARK = re.compile(r"#~\d+~")

SCALARS = st.sampled_from(
    [
        "a",
        "no",
        "1.10",
        "'it''s'",
        "'x y'",
        '"q \\" z"',
        '"a\\tb"',
        "1",
        "null",
        "a b c",
        "order/created",
        "x " * 60 + "y",
    ]
)
FLOW_SCALARS = st.sampled_from(["a", "no", "'x, y'", '"[{"', "1", "a b", "'b'"])
BLOCK_SCALARS = st.sampled_from(
    [
        ("|", ["one", "", "  two", "three"]),
        ("|-", ["one"]),
        ("|+", ["one", "", ""]),
        (">", ["some", "text", "", "  # none"]),
        ("|2", ["  deep", "flat"]),
        (">-", ["x"]),
    ]
)
KEYS = st.sampled_from(
    ["a", "b", "'c'", '"d e"', "event", "if", "data", "spec", "description", "events", "functions", "type"]
)


class Writer:
    """Writes random YAML, line by line, with numbered comments wherever one may stand."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.count = 0
        self.lines: list[str] = []

    def chance(self, percent: int) -> bool:
        return self.draw(st.integers(0, 99)) < percent

    def comment(self) -> str:
        self.count += 1
        return f"#~{self.count}~ ' \" [ {{ : no"

    def end(self, percent: int = 20) -> str:
        spaces = " " * self.draw(st.integers(1, 3))
        return f"{spaces}{self.comment()}" if self.chance(percent) else " " * self.draw(st.sampled_from([0, 0, 2]))

    def between(self) -> None:
        for _ in range(self.draw(st.sampled_from([0, 0, 0, 1, 2]))):
            blank = self.chance(40)
            self.lines.append("" if blank else " " * self.draw(st.integers(0, 9)) + self.comment())

    def flow(self, depth: int) -> str:
        """In brackets, perhaps over several lines; these are indented far enough for every place."""
        is_mapping = self.chance(50)
        keys = self.draw(st.lists(KEYS, max_size=3, unique_by=lambda key: key.strip("'\"")))
        parts = []
        for key in keys:
            value = self.flow(depth - 1) if depth and self.chance(30) else self.draw(FLOW_SCALARS)
            part = f"{key}: {value}" if is_mapping else self.draw(st.sampled_from([value, value, f"{key}: {value}"]))
            parts.append(part + (f"{self.gap()}," if key is not keys[-1] or self.chance(20) else ""))
        inside = "".join(f"{self.gap()}{part}" for part in parts) + self.gap()
        return f"{{{inside}}}" if is_mapping else f"[{inside}]"

    def gap(self) -> str:
        if self.chance(85):
            return " " * self.draw(st.integers(0, 1)) or " "
        own = f"\n{' ' * 40}{self.comment()}" if self.chance(50) else ""
        return f" {self.comment() if self.chance(60) else ''}{own}\n{' ' * 40}"

    def value(self, margin: int, depth: int) -> None:
        """What stands behind the key or dash with which the last line ends."""
        choice = self.draw(st.integers(0, 9))
        inner = margin + self.draw(st.integers(1, 4))
        if choice == 0:
            mark, lines = self.draw(BLOCK_SCALARS)
            mark = mark.replace("2", str(inner - margin))
            self.lines[-1] += f" {mark}{self.end()}"
            self.lines += [f"{' ' * inner}{line}" if line else "" for line in lines]
        elif choice <= 2:
            self.lines[-1] += f" {self.flow(2)}{self.end()}"
        elif choice == 3:
            self.lines[-1] += self.end()
        elif choice == 4:
            self.lines[-1] += self.end()
            self.between()
            self.lines.append(f"{' ' * inner}{self.draw(SCALARS)}{self.end()}")
        elif choice <= 7 and depth:
            self.lines[-1] += self.end()
            self.between()
            self.block(inner, depth - 1)
        else:
            self.lines[-1] += f" {self.draw(SCALARS)}{self.end()}"

    def block(self, margin: int, depth: int, *, is_mapping: bool | None = None) -> None:
        is_mapping = self.chance(65) if is_mapping is None else is_mapping
        for key in self.draw(st.lists(KEYS, min_size=1, max_size=4, unique_by=lambda key: key.strip("'\""))):
            self.lines.append(f"{' ' * margin}{f'{key}:' if is_mapping else '-'}")
            self.value(margin, depth)
            self.between()


@st.composite
def random_files(draw: st.DrawFn) -> str:
    writer = Writer(draw)
    writer.between()
    writer.block(0, 3, is_mapping=True)
    return "\n".join(writer.lines) + "\n"


@st.composite
def commented_specs(draw: st.DrawFn) -> str:
    """A real spec with comments and empty lines put in, and with broken lines undone."""
    lines = draw(st.sampled_from(SPECS)).rstrip("\n").split("\n")
    written = []
    for number, line in enumerate(lines):
        kind = draw(st.sampled_from(["", "", "", "end", "above", "empty"]))
        if kind == "above":
            written.append(" " * draw(st.integers(0, 8)) + f"#~{number}~ why")
        elif kind == "empty":
            written += [""] * draw(st.integers(1, 3))
        written.append(f"{line} #~{number}~ why" if kind == "end" else line)
    return "\n".join(written) + draw(st.sampled_from(["", "\n", "\n\n"]))


def formatted(text: str) -> str:
    result = format_source(SourceText("a.yaml", text))
    assert not result.is_refused, text
    return result.text


def project(text: str) -> Project | None:
    found = load_files({"a.yaml": text}).project
    return None if found is None else replace(found, places={})


@settings(max_examples=enough(300), deadline=None)
@given(random_files())
def test_random_files_are_formatted_once_and_lose_no_comment(text: str) -> None:
    if parse_source(SourceText("a.yaml", text)).diagnostics:
        return
    once = formatted(text)
    assert formatted(once) == once
    assert Counter(MARK.findall(once)) == Counter(MARK.findall(text))


@settings(max_examples=enough(150), deadline=None)
@given(commented_specs())
def test_real_specs_with_comments_keep_their_project(text: str) -> None:
    once = formatted(text)
    assert formatted(once) == once
    assert Counter(MARK.findall(once)) == Counter(MARK.findall(text))
    assert project(once) == project(text)
