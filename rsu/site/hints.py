"""The value that a person probably meant, in both languages; `NOTHING` where nothing suggests itself."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import Any

from hw.detail import NOTHING, Detail

_UNITS = {  # the ends of key names
    "_mps2": Detail("m/s2", "m/s²"),
    "_mps": Detail("m/s", "m/s"),
    "_ms": Detail("milliseconds", "毫秒"),
    "_px": Detail("pixels", "像素"),
    "_m": Detail("metres", "米"),
    "_deg": Detail("degrees", "度"),
    "_hz": Detail("1/s", "Hz"),
    "_h": Detail("hours", "小时"),
    "_minutes": Detail("minutes", "分钟"),
    "_ppm": Detail("parts per million", "ppm"),
    "_percent": Detail("percent", "%"),
    "_mib": Detail("MiB", "MiB"),
    "_gib": Detail("GiB", "GiB"),
    "_s": Detail("seconds", "秒"),
}
_MEANT = Detail(' (did you mean "{name}"?)', '（是否为 "{name}"？）')
_FULL_WIDTH = Detail(" (full-width characters: {plain})", "（含全角字符，应为 {plain}）")
_DECIMALS = Detail(
    " (decimals take a point: {whole}.{rest}; thousands nothing)",
    "（小数点用英文句点：{whole}.{rest}；千位不加分隔符）",
)
_SEXAGESIMAL = Detail(" (expected decimal degrees, south and west negative)", "（应为十进制的度，南纬和西经为负）")
_LETTERS = Detail(" (letters among the digits: {digits}?)", "（数字中混有字母：是否为 {digits}？）")
_WITH_UNIT = Detail(" (the unit stands in the key: {number})", "（单位已写在键名中，应为 {number}）")
_QUOTES = Detail(' (put it into quotes: "{got}")', '（请加引号："{got}"）')
_SWAPPED = Detail(" (in degrees; swapped with the longitude?)", "（单位为度；是否与经度颠倒？）")
_IN_UNIT = Detail(" (in {unit})", "（单位：{unit}）")
_SHARE = Detail(" (a share of 1, not percent: {share:g})", "（应为 0 至 1 的比例而非百分数：{share:g}）")

_SIGNS = str.maketrans("“”‘’、。", "\"\"'',.")
_LIKE_DIGITS = str.maketrans("OoIl", "0011")
NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_NUMBER_UNIT = re.compile(rf"({NUMBER})\s*[A-Za-z°%µ/²0-9]+")
_DECIMAL_COMMA = re.compile(r"([+-]?\d+),(\d+)")


def closest(name: str, known: Sequence[str], otherwise: Detail = NOTHING) -> Detail:
    """Return the hint at the meant name of a misspelt one; `otherwise` where no name is like it."""
    plain = {each.lower().replace("-", "_"): each for each in known}
    wanted = half_width(name).lower().replace("-", "_")
    close = difflib.get_close_matches(wanted, plain, 1)
    return _MEANT.of(name=plain[close[0]]) if close else otherwise


def of_word(value: Any, expected: str) -> Detail:
    """Return the hint at a word that is none of the expected ones, which stand in quotes."""
    return closest(str(value), re.findall(r"'([^']*)'", expected))


def of_number(value: Any) -> Detail:
    """Return the hint at a value that is no number."""
    text = str(value).strip()
    if isinstance(value, bool):
        return NOTHING
    plain = half_width(text)
    if plain != text and re.fullmatch(NUMBER, plain):
        return _FULL_WIDTH.of(plain=plain)
    if found := _DECIMAL_COMMA.fullmatch(plain):
        return _DECIMALS.of(whole=found[1], rest=found[2])
    if re.search(r"[°′'″\"]|\d\s*[NSEWnsew]$", plain):
        return _SEXAGESIMAL
    digits = plain.translate(_LIKE_DIGITS)
    if digits != plain and re.fullmatch(NUMBER, digits):
        return _LETTERS.of(digits=digits)
    if found := _NUMBER_UNIT.fullmatch(plain):
        return _WITH_UNIT.of(number=found[1])
    return NOTHING


def of_text(value: Any, got: object) -> Detail:
    """Return the hint at a value that is no text."""
    return _QUOTES.of(got=got) if isinstance(value, (int, float, date)) else NOTHING


def of_bound(value: Any, key: str) -> Detail:
    """Return the hint at a number that is too small or too large."""
    if "latitude" in key and isinstance(value, (int, float)) and abs(value) <= 180:
        return _SWAPPED
    unit = next((name for end, name in _UNITS.items() if key.endswith(end)), None)
    if unit:
        return _IN_UNIT.of(unit=unit)
    if "probability" in key and isinstance(value, (int, float)) and 1 < value <= 100:
        return _SHARE.of(share=value / 100)
    return NOTHING


def of_signs(value: Any) -> Detail:
    """Return the hint at full-width signs in a text."""
    if not isinstance(value, str):
        return NOTHING
    plain = half_width(value)
    return _FULL_WIDTH.of(plain=f'"{plain}"') if plain != value and plain.isascii() else NOTHING


def half_width(text: str) -> str:
    """Return text with the signs of a Chinese keyboard as those of an English one."""
    return unicodedata.normalize("NFKC", text.translate(_SIGNS))
