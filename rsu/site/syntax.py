"""Mistakes for which a file is no YAML or JSON at all: where they probably are, and what was probably meant.

A parser tells where it gave up, which is often some lines behind the mistake.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rsu.site.wording import half_width

_FULL_WIDTH = re.compile(r"[：，；｛｝［］（）“”‘’、\u3000]")
_NO_SPACE = re.compile(r"^\s*(?:- )?[A-Za-z_][\w-]*(:)(?=[^\s/\\])")
_FIRST_KEY = re.compile(r"^\s*(- )?[\w-]*\s*$")
_LOOK_BACK = 4  # lines: parsers give up some lines behind the mistake
_LONG_TEXT = 30  # lines: a text that is not closed ends at the next quote


def of_yaml(lines: Sequence[str], line: int, column: int, context: str) -> tuple[int, int, str]:
    """Return the place of a YAML mistake and a hint, from the place where the parser gave up and what it was in."""
    for number in range(line, max(0, line - _LOOK_BACK), -1):
        text = _without_comment(lines[number - 1]) if number <= len(lines) else ""
        if found := _FULL_WIDTH.search(text):
            return number, found.start() + 1, f" (full-width {found[0]}: type {_half(found[0])})"
        if "\t" in text[: len(text) - len(text.lstrip())]:
            return number, text.index("\t") + 1, " (indent with spaces, not tabs)"
        if found := _NO_SPACE.match(text):
            return number, found.start(1) + 1, " (a space must follow the colon)"
    if found_at := next((n for n in range(line, max(0, line - _LONG_TEXT), -1) if _quotes_open(lines[n - 1])), 0):
        return found_at, len(lines[found_at - 1].rstrip()), " (a quote is not closed)"
    if "flow" in context and _FIRST_KEY.match(lines[line - 1][: column - 1]):
        before = next((n for n in range(line - 1, 0, -1) if _without_comment(lines[n - 1]).strip()), line)
        return before, len(_without_comment(lines[before - 1]).rstrip()) or 1, " (a bracket is not closed)"
    return line, column, " (check brackets and indentation)"


def of_json(lines: Sequence[str], line: int, column: int) -> tuple[int, int, str]:
    """Return the place of a JSON mistake and a hint, from the place where the parser gave up."""
    rest = lines[line - 1][column - 1 :] if line <= len(lines) else ""
    if found := _FULL_WIDTH.match(rest):
        return line, column, f" (full-width {found[0]}: type {_half(found[0])})"
    if rest.startswith(("//", "#", "/*")):
        return line, column, " (JSON has no comments)"
    if rest.startswith("'"):
        return line, column, " (JSON has double quotes only)"
    if rest.startswith(("}", "]")):
        return line, column, " (a comma too many before it?)"
    if re.match(r"[+.]?\d", rest) or re.match(r"\.", rest):
        return line, column, " (numbers are as 3.25 and -0.5: no plus, no zeros before, a digit before the point)"
    if rest.startswith(("True", "False", "None")):
        return line, column, " (true, false and null are written small)"
    if not rest.strip() and line >= len(lines):
        return line, column, " (the file is cut off?)"
    if rest.startswith(('"', "{", "[")):
        return *_end_before(lines, line, column), " (a comma or a colon is missing?)"
    return line, column, ""


def _end_before(lines: Sequence[str], line: int, column: int) -> tuple[int, int]:
    """Return the place behind the last character before a place."""
    text = lines[line - 1][: column - 1].rstrip()
    while not text.strip() and line > 1:
        line -= 1
        text = lines[line - 1].rstrip()
    return line, len(text) + 1


def _without_comment(text: str) -> str:
    found = re.search(r"(?:^|\s)#", text)
    return text[: found.start()] if found else text


def _quotes_open(text: str) -> bool:
    return re.sub(r"\\.", "", text).count('"') % 2 == 1


def _half(sign: str) -> str:
    return half_width(sign).replace(" ", "a space")
