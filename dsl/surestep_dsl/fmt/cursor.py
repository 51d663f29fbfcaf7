"""A place in a text that moves forward and picks up the comments on its way."""

import re
from dataclasses import dataclass
from typing import Final

__all__ = ["Cursor"]

_COMMENT: Final = re.compile(r"(?:^|(?<=\s))#.*")
_SAME_LINE: Final = re.compile(r"[ \t,]*(?<=[ \t,])(#.*)")
_OWN_LINE: Final = re.compile(r"[ \t]*\n(?P<empty>\s*\n)?(?P<margin>[ \t]*)(?P<comment>#.*)")


@dataclass(slots=True)
class Cursor:
    """Everything in `text` before `at` is read. The text begins with a line break, so that each line has one."""

    text: str
    at: int = 0

    def column(self, at: int) -> int:
        """The column of a character, the first being 1."""
        return at - self.text.rfind("\n", 0, at)

    def skip(self, pattern: re.Pattern[str]) -> str:
        """Pass what matches here, and return it."""
        match = pattern.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return match[0] if match else ""

    def find(self, characters: str) -> int:
        """Where the next of some characters stands outside of a comment."""
        at = self.at
        while self.text[at] not in characters:
            at = self.text.index("\n", at) if self.text[at] == "#" else at + 1
        return at

    def same_line(self) -> str:
        """The comment at the end of the line, if nothing but a comma comes before it."""
        match = _SAME_LINE.match(self.text, self.at)
        if match is None:
            return ""
        self.at = match.end()
        return match[1].rstrip()

    def comments_before(self, end: int) -> list[str]:
        """Comments up to `end`, with an empty text for empty lines before a comment or before `end`."""
        *lines, _ = self.text[self.at : end].split("\n")
        self.at = end
        found: list[str] = []
        for number, line in enumerate(lines):
            if comment := _COMMENT.search(line):
                found.append(comment[0].rstrip())
            elif number and not line.strip() and (not found or found[-1]):
                found.append("")
        return found

    def comments_deeper_than(self, column: int) -> list[str]:
        """Comments on lines of their own, as long as they are indented deeper than a column."""
        found: list[str] = []
        while (match := _OWN_LINE.match(self.text, self.at)) and len(match["margin"]) >= column:
            found += [""] if match["empty"] else []
            found.append(match["comment"].rstrip())
            self.at = match.end()
        return found
