"""Mistakes for which a file is no YAML or JSON at all: their probable place, and the probably meant text.

A parser tells where it gave up, which is often some lines behind the mistake.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from hw.detail import NOTHING, Detail
from rsu.site.hints import half_width

_FULL_WIDTH = re.compile(r"[：，；｛｝［］（）“”‘’、\u3000]")
_NO_SPACE = re.compile(r"^\s*(?:- )?[A-Za-z_][\w-]*(:)(?=[^\s/\\])")
_FIRST_KEY = re.compile(r"^\s*(- )?[\w-]*\s*$")
_LOOK_BACK = 4  # lines: parsers give up some lines behind the mistake
_LONG_TEXT = 30  # lines: a text that is not closed ends at the next quote

_WIDE = Detail(" (full-width {sign}: type {plain})", "（全角 {sign}：应输入 {plain}）")
_SPACE = Detail("a space", "空格")
_TABS = Detail(" (indent with spaces, not tabs)", "（请用空格缩进，不用制表符）")
_COLON = Detail(" (a space must follow the colon)", "（冒号后须有空格）")
_QUOTE = Detail(" (a quote is not closed)", "（引号未闭合）")
_BRACKET = Detail(" (a bracket is not closed)", "（括号未闭合）")
_INDENTATION = Detail(" (check brackets and indentation)", "（请检查括号和缩进）")
_NO_COMMENTS = Detail(" (JSON has no comments)", "（JSON 不支持注释）")
_DOUBLE_QUOTES = Detail(" (JSON has double quotes only)", "（JSON 只能用双引号）")
_COMMA_TOO_MANY = Detail(" (a comma too many before it?)", "（前面是否多了一个逗号？）")
_JSON_NUMBERS = Detail(
    " (numbers are as 3.25 and -0.5: no plus, no zeros before, a digit before the point)",
    "（数值写作 3.25、-0.5：无正号，无前导零，小数点前须有数字）",
)
_SMALL_LETTERS = Detail(" (true, false and null are written small)", "（true、false、null 须小写）")
_CUT_OFF = Detail(" (the file is cut off?)", "（文件是否不完整？）")
_COMMA_OR_COLON = Detail(" (a comma or a colon is missing?)", "（是否缺少逗号或冒号？）")


def of_yaml(lines: Sequence[str], line: int, column: int, context: str) -> tuple[int, int, Detail]:
    """Return the place of a YAML mistake and a hint, from the place where the parser gave up and its context."""
    for number in range(line, max(0, line - _LOOK_BACK), -1):
        text = _without_comment(lines[number - 1]) if number <= len(lines) else ""
        if found := _FULL_WIDTH.search(text):
            return number, found.start() + 1, _WIDE.of(sign=found[0], plain=_half(found[0]))
        if "\t" in text[: len(text) - len(text.lstrip())]:
            return number, text.index("\t") + 1, _TABS
        if found := _NO_SPACE.match(text):
            return number, found.start(1) + 1, _COLON
    if found_at := next((n for n in range(line, max(0, line - _LONG_TEXT), -1) if _quotes_open(lines[n - 1])), 0):
        return found_at, len(lines[found_at - 1].rstrip()), _QUOTE
    if "flow" in context and _FIRST_KEY.match(lines[line - 1][: column - 1]):
        before = next((n for n in range(line - 1, 0, -1) if _without_comment(lines[n - 1]).strip()), line)
        return before, len(_without_comment(lines[before - 1]).rstrip()) or 1, _BRACKET
    return line, column, _INDENTATION


def of_json(lines: Sequence[str], line: int, column: int) -> tuple[int, int, Detail]:
    """Return the place of a JSON mistake and a hint, from the place where the parser gave up."""
    rest = lines[line - 1][column - 1 :] if line <= len(lines) else ""
    if found := _FULL_WIDTH.match(rest):
        return line, column, _WIDE.of(sign=found[0], plain=_half(found[0]))
    if rest.startswith(("//", "#", "/*")):
        return line, column, _NO_COMMENTS
    if rest.startswith("'"):
        return line, column, _DOUBLE_QUOTES
    if rest.startswith(("}", "]")):
        return line, column, _COMMA_TOO_MANY
    if re.match(r"[+.]?\d", rest) or re.match(r"\.", rest):
        return line, column, _JSON_NUMBERS
    if rest.startswith(("True", "False", "None")):
        return line, column, _SMALL_LETTERS
    if not rest.strip() and line >= len(lines):
        return line, column, _CUT_OFF
    if rest.startswith(('"', "{", "[")):
        return *_end_before(lines, line, column), _COMMA_OR_COLON
    return line, column, NOTHING


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


def _half(sign: str) -> object:
    plain = half_width(sign)
    return _SPACE if plain == " " else plain
