"""Texts of findings about single values, in both languages: expected, given and probably meant value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pydantic_core import ErrorDetails

from hw.detail import Detail
from rsu.site.foreign import known as foreign
from rsu.site.hints import NUMBER, closest, of_bound, of_number, of_signs, of_text, of_word

NONE = Detail("none", "无")
BUT = Detail(", but {there}", "，只有 {there}")
MISSING = Detail("is missing", "缺失")

_GOT = Detail("expected {expected}, got {got}{hint}", "应为{expected}，实为 {got}{hint}")
_EMPTY = Detail("is empty: expected {expected}", "为空：应为{expected}")
_ITEMS = {
    "too_long": Detail("expected at most {number} items, got {got}", "应不超过 {number} 项，实为 {got} 项"),
    "too_short": Detail("expected at least {number} items, got {got}", "应不少于 {number} 项，实为 {got} 项"),
}
_SAID = Detail("{what}{hint}", "{what}{hint}")
_FINITE, _TEXT = Detail("a finite number", "有限的数"), Detail("text", "文本")
_NUMBER, _WHOLE = Detail("a number", "数值"), Detail("a whole number", "整数")
_KEYS, _LIST = Detail("keys and values", "键与值"), Detail("a list", "列表")
_BOOL = Detail("true or false", " true 或 false")
_COUNTED = Detail("{what} ({count})", "{what} ({count})")
_SOME_KEYS = Detail("keys", "键")
_PATTERNS = {
    r"^[\x20-\x7e]+$": Detail(
        "plain ASCII letters, digits and signs, as the messages carry no others",
        " ASCII 字母、数字和符号，消息只能承载这些字符",
    ),
    r"^[A-Za-z0-9_-]+$": Detail("letters, digits, - and _", "字母、数字、- 和 _"),
    r"^[A-Za-z0-9._-]*$": Detail("letters, digits, - . and _", "字母、数字、- . 和 _"),
    r"^[0-9]*$": Detail("digits", "数字"),
    r"^/dev/": Detail("a path that begins with /dev/", "以 /dev/ 开头的路径"),
}
_UNKNOWN = Detail("unknown key{hint}", "未知的键{hint}")
_KNOWN = Detail(" (known: {known})", "（已知的键：{known}）")
_COLON = Detail(
    ' ({sign}: "{key}: {value}"?)',
    '（{sign}：是否为 "{key}: {value}"？）',
)
_WIDE_COLON = Detail("a full-width colon", "冒号为全角")
_NO_SPACE = Detail("no space after the colon", "冒号后缺空格")
_COMMA = Detail(
    " (a comma begins the next key: decimals take a point, thousands nothing)",
    "（逗号之后是下一个键：小数点用英文句点，千位不加分隔符）",
)

_TYPED = re.compile(r"[^\s,}\]#]+")
_NUMERIC = {"float_parsing", "float_type", "int_parsing", "int_type", "int_from_float", "int_parsing_size"}
_MAPS = {"model_type", "model_attributes_type", "dict_type", "mapping_type"}
_LISTS = {"list_type", "tuple_type"}


def of(item: ErrorDetails, key: str, written: str) -> Detail:
    """Return the text for a validation error. `written`: the line of the file from the value on."""
    kind, value, limits = item["type"], item["input"], item.get("ctx", {})
    message = item["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    if kind == "value_error":
        return _SAID.of(what=_raised(limits.get("error"), message), hint=of_signs(value))
    if kind in _ITEMS:
        number = limits.get("max_length", limits.get("min_length"))
        return _ITEMS[kind].of(number=number, got=limits.get("actual_length"))
    expected = _expected(kind, message, limits)
    if value is None:
        return _EMPTY.of(expected=expected)
    got = shown(value, written)
    return _GOT.of(expected=expected, got=got, hint=_hint(kind, value, key, got, str(limits.get("expected", ""))))


def _raised(error: object, message: str) -> Detail:
    """Return the text of one of our validators."""
    said = error.args[0] if isinstance(error, ValueError) and error.args else message
    return said if isinstance(said, Detail) else foreign(message)


def _expected(kind: str, message: str, limits: dict[str, Any]) -> Detail:
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(str(limits.get("pattern")), Detail(message, message))
    if kind in _NUMERIC:
        return _WHOLE if kind.startswith("int") else _NUMBER
    if kind in _MAPS:
        return _KEYS
    if kind in _LISTS:
        return _LIST
    if kind.startswith("bool"):
        return _BOOL
    if kind in ("finite_number", "string_type"):
        return _TEXT if kind == "string_type" else _FINITE
    if kind == "literal_error":
        return Detail(message, f" {message.replace(' or ', ' 或 ')}")
    return foreign(message.removeprefix("a valid ").removeprefix("String should have "))


def _hint(kind: str, value: Any, key: str, got: Detail, expected: str) -> Detail:
    if kind in _NUMERIC:
        return of_number(value)
    if kind == "string_type":
        return of_text(value, got)
    if kind == "literal_error":
        return of_word(value, expected)
    return of_bound(value, key) if kind.startswith(("greater", "less")) else of_signs(value)


def shown(value: Any, written: str = "") -> Detail:
    """Return a value as it is written in the file, shortened."""
    if isinstance(value, (list, dict)):
        return _COUNTED.of(what=_LIST if isinstance(value, list) else _SOME_KEYS, count=len(value))
    typed = _TYPED.match(written)
    text = f'"{value[:60]}"' if isinstance(value, str) else typed[0][:60] if typed else str(value)[:60]
    return Detail(text, text)


def unknown_key(key: Any, value: Any, known: Sequence[str]) -> Detail:
    """Return the text for a key that a model does not know."""
    name = str(key)
    colon = re.fullmatch(r"([A-Za-z0-9_-]+)([:：])\s*(.*)", name)
    if value is None and colon:
        sign = _WIDE_COLON if colon[2] == "：" else _NO_SPACE
        return _UNKNOWN.of(hint=_COLON.of(sign=sign, key=colon[1], value=colon[3]))
    if value is None and re.fullmatch(NUMBER, name):
        return _UNKNOWN.of(hint=_COMMA)
    there = _KNOWN.of(known=", ".join(known)) if known else Detail("", "")
    return _UNKNOWN.of(hint=closest(name, known, there))
