"""What findings say: what was expected, what is there, and what a person who typed that probably meant."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import Any

from pydantic_core import ErrorDetails

_UNITS = {  # the ends of key names
    "_mps2": "m/s2", "_mps": "m/s", "_ms": "milliseconds", "_px": "pixels", "_m": "metres", "_deg": "degrees",
    "_hz": "1/s", "_h": "hours", "_minutes": "minutes", "_ppm": "parts per million", "_percent": "percent",
    "_mib": "MiB", "_gib": "GiB", "_s": "seconds",
}  # fmt: skip
_PATTERNS = {
    r"^[\x20-\x7e]+$": "plain ASCII letters, digits and signs, as the messages carry no others",
    r"^[A-Za-z0-9_-]+$": "letters, digits, - and _",
    r"^[A-Za-z0-9._-]*$": "letters, digits, - . and _",
    r"^[0-9]*$": "digits",
    r"^/dev/": "a path that begins with /dev/",
}
_SIGNS = str.maketrans("“”‘’、。", "\"\"'',.")
_LETTERS = str.maketrans("OoIl", "0011")
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_WITH_UNIT = re.compile(rf"({_NUMBER})\s*[A-Za-z°%µ/²0-9]+")
_DECIMAL_COMMA = re.compile(r"([+-]?\d+),(\d+)")
_TYPED = re.compile(r"[^\s,}\]#]+")
_NUMERIC = {"float_parsing", "float_type", "int_parsing", "int_type", "int_from_float", "int_parsing_size"}
_MAPS = {"model_type", "model_attributes_type", "dict_type", "mapping_type"}
_LISTS = {"list_type", "tuple_type"}


def of(item: ErrorDetails, key: str, written: str) -> str:
    """Return the text for a validation error. `written`: the line of the file from the value on."""
    kind, value, limits = item["type"], item["input"], item.get("ctx", {})
    message = item["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    if kind == "value_error":
        return message + _full_width(value)
    got = shown(value, written)
    if value is None:
        return f"is empty: expected {_expected(kind, message, limits)}"
    if kind in _NUMERIC:
        return f"expected {_expected(kind, message, limits)}, got {got}{_of_number(value)}"
    if kind == "finite_number":
        return f"expected a finite number, got {got}"
    if kind == "string_type":
        return f"expected text, got {got}{_of_text(value, got)}"
    if kind == "literal_error":
        return f"expected {message}, got {got}{_of_word(value, str(limits.get('expected', '')))}"
    if kind in ("too_long", "too_short"):
        least_most = "at most" if kind == "too_long" else "at least"
        number = limits.get("max_length", limits.get("min_length"))
        return f"expected {least_most} {number} items, got {limits.get('actual_length')}"
    text = f"expected {_expected(kind, message, limits)}, got {got}"
    return text + (_of_bound(value, key) if kind.startswith(("greater", "less")) else _full_width(value))


def _expected(kind: str, message: str, limits: dict[str, Any]) -> str:
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(str(limits.get("pattern")), message)
    if kind in _NUMERIC:
        return "a whole number" if kind.startswith("int") else "a number"
    if kind in _MAPS:
        return "keys and values"
    if kind in _LISTS:
        return "a list"
    if kind.startswith("bool"):
        return "true or false"
    return message.removeprefix("a valid ").removeprefix("String should have ")


def shown(value: Any, written: str = "") -> str:
    """Return a value as it is written in the file, shortened."""
    if isinstance(value, str):
        return f'"{value[:60]}"'
    if isinstance(value, (list, dict)):
        return f"{'a list' if isinstance(value, list) else 'keys'} ({len(value)})"
    typed = _TYPED.match(written)
    return typed[0][:60] if typed else str(value)[:60]


def unknown_key(key: Any, value: Any, known: Sequence[str]) -> str:
    """Return the text for a key that a model does not know."""
    name = str(key)
    colon = re.fullmatch(r"([A-Za-z0-9_-]+)([:：])\s*(.*)", name)
    if value is None and colon:
        sign = "a full-width colon" if colon[2] == "：" else "no space after the colon"
        return f'unknown key ({sign}: "{colon[1]}: {colon[3]}"?)'
    if value is None and re.fullmatch(_NUMBER, name):
        return "unknown key (a comma begins the next key: decimals take a point, thousands nothing)"
    if close := closest(name, known):
        return f"unknown key{close}"
    return f"unknown key (known: {', '.join(known)})" if known else "unknown key"


def closest(name: str, known: Sequence[str]) -> str:
    """Return the hint at what a misspelt name was meant to be; empty where nothing is like it."""
    plain = {each.lower().replace("-", "_"): each for each in known}
    wanted = half_width(name).lower().replace("-", "_")
    close = difflib.get_close_matches(wanted, plain, 1)
    return f' (did you mean "{plain[close[0]]}"?)' if close else ""


def _of_word(value: Any, expected: str) -> str:
    return closest(str(value), re.findall(r"'([^']*)'", expected))


def _of_number(value: Any) -> str:
    text = str(value).strip()
    if isinstance(value, bool):
        return ""
    plain = half_width(text)
    if plain != text and re.fullmatch(_NUMBER, plain):
        return f" (full-width characters: {plain})"
    if found := _DECIMAL_COMMA.fullmatch(plain):
        return f" (decimals take a point: {found[1]}.{found[2]}; thousands nothing)"
    if re.search(r"[°′'″\"]|\d\s*[NSEWnsew]$", plain):
        return " (expected decimal degrees, south and west negative)"
    digits = plain.translate(_LETTERS)
    if digits != plain and re.fullmatch(_NUMBER, digits):
        return f" (letters among the digits: {digits}?)"
    if found := _WITH_UNIT.fullmatch(plain):
        return f" (the unit stands in the key: {found[1]})"
    return ""


def _of_text(value: Any, got: str) -> str:
    return f' (put it into quotes: "{got}")' if isinstance(value, (int, float, date)) else ""


def _of_bound(value: Any, key: str) -> str:
    if "latitude" in key and isinstance(value, (int, float)) and abs(value) <= 180:
        return " (in degrees; swapped with the longitude?)"
    unit = next((name for end, name in _UNITS.items() if key.endswith(end)), None)
    if unit:
        return f" (in {unit})"
    if "probability" in key and isinstance(value, (int, float)) and 1 < value <= 100:
        return f" (a share of 1, not percent: {value / 100:g})"
    return ""


def half_width(text: str) -> str:
    """Return text with the signs of a Chinese keyboard as those of an English one."""
    return unicodedata.normalize("NFKC", text.translate(_SIGNS))


def _full_width(value: Any) -> str:
    if not isinstance(value, str):
        return ""
    plain = half_width(value)
    return f' (full-width characters: "{plain}")' if plain != value and plain.isascii() else ""
