r"""How long the Rust `regex` crate takes to compile a pattern, estimated from its text.

It writes counted repetitions out, and a Unicode class such as `\w` stands for hundreds of ranges: 20 milliseconds and
5 MB for `\w{100}`. Whether the pattern is right is not judged here.
"""

import re
from typing import Final

__all__ = ["estimate_compiling_us"]

_TOKEN: Final = re.compile(
    r"(?P<unicode>\\[pPwWdDsS])|\\.|\[(?P<members>\^?\]?(?:\\.|[^\]\\])*)\]|(?P<open>\()|(?P<close>\))"
    r"|\{(?:[0-9]*,)?(?P<times>[0-9]{1,4}),?\}|.",
    re.DOTALL,
)
_UNICODE_CLASS: Final = re.compile(r"\\[pPwWdDsS]")
_PATTERN_US: Final = 20.0
_CHARACTER_US: Final = 0.3
_UNICODE_CLASS_US: Final = 250.0
_MOST_US: Final = 80_000.0
"""Then the program is larger than the engine allows, and it gives up."""


def estimate_compiling_us(pattern: str) -> float:
    """Microseconds on a usual machine, within a factor of about three; some letters' classes are much cheaper."""
    totals, lasts = [0.0], [0.0]
    for token in _TOKEN.finditer(pattern):
        if token["open"]:
            totals.append(0.0)
            lasts.append(0.0)
            continue
        if token["times"]:
            totals[-1] = min(totals[-1] + lasts[-1] * max(int(token["times"]) - 1, 0), _MOST_US)
            lasts[-1] = min(lasts[-1] * int(token["times"]), _MOST_US)
            continue
        if token["close"] and len(totals) > 1:
            atom = totals.pop() + _CHARACTER_US
            lasts.pop()
        else:
            classes = 1 if token["unicode"] else len(_UNICODE_CLASS.findall(token["members"] or ""))
            atom = _CHARACTER_US + classes * _UNICODE_CLASS_US
        totals[-1] += atom
        lasts[-1] = atom
    return min(_PATTERN_US + sum(totals), _MOST_US)
