"""The tables of keys of the pages "Site file" and "Lane map", in both languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.rsu.manual import keys
from tests.rsu.manual.keys import Key
from tests.rsu.manual.markdown import table

CHINESE: dict[str, str] = YAML(typ="safe").load(Path(__file__).with_name("chinese.yaml").read_text(encoding="utf-8"))
HEAD = {
    "en": ("key", "value and unit", "default", "meaning"),
    "zh": ("键", "取值与单位", "默认值", "含义"),
}
WORDS = {
    "must be given": "必填",
    "true, false": "true、false",
    "number": "数",
    "integer": "整数",
    "text": "文本",
    "path": "路径",
    "map": "映射",
    "list of": "列表，各项为",
    "at most {} characters": "不超过 {} 个字符",
    "{} to {} items": "{} 至 {} 项",
    "settings": "设置",
    "none": "无",
    "The file itself": "文件本身",
    "Driver settings: `{}`": "驱动设置：`{}`",
    "Links of drivers": "驱动的连接",
}
_JOINT = {"en": ", ", "zh": "，"}
_SPANS = {"minimum": "≥ {}", "exclusiveMinimum": "> {}", "maximum": "≤ {}", "exclusiveMaximum": "< {}"}


def site_file(language: str) -> str:
    """Return all sections, each with its table."""
    return "\n\n".join(f"### {_title(name, language)}\n\n{_table(rows, language)}" for name, rows in keys.sections())


def lane_map(language: str) -> str:
    """Return the table of the lane map's keys."""
    return _table(keys.lane_map(), language)


def _say(words: str, language: str) -> str:
    return words if language == "en" else WORDS[words]


def _title(name: str, language: str) -> str:
    if not name:
        return _say("The file itself", language)
    if name == "link":
        return _say("Links of drivers", language)
    kind = name.removeprefix("driver: ")
    return f"`{name}`" if kind == name else _say("Driver settings: `{}`", language).format(kind)


def _table(rows: list[Key], language: str) -> str:
    return table(HEAD[language], [_row(key, language) for key in rows])


def _row(key: Key, language: str) -> list[str]:
    default = {"": f"**{_say('must be given', language)}**", "null": _say("none", language)}.get(key.default)
    shown = default or f"`{key.default}`" if len(key.default) < 60 else "…"
    meaning = key.meaning if language == "en" else CHINESE.get(key.meaning, key.meaning)
    return [f"`{key.path}`", f"{_value(key.schema, language)} {key.unit}".strip(), shown, meaning]


def _value(schema: dict[str, Any], language: str) -> str:
    """Return what a value may be."""
    if "anyOf" in schema:
        values = [_value(each, language) for each in schema["anyOf"] if each.get("type") != "null"]
        return ", ".join(dict.fromkeys(values))
    if "const" in schema or "enum" in schema:
        return ", ".join(f"`{each}`" for each in schema.get("enum", [schema.get("const")]))
    if "$ref" in schema or "properties" in schema:
        return _say("settings", language)
    match schema.get("type"):
        case "array":
            return _list(schema, language)
        case "boolean":
            return _say("true, false", language)
        case "string":
            return _text(schema, language)
        case "object":
            return _say("map", language)
        case kind:
            return " ".join([_say(str(kind), language), *_span(schema)])


def _span(schema: dict[str, Any]) -> list[str]:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return [f"{low:g}..{high:g}"]
    return [text.format(f"{schema[word]:g}") for word, text in _SPANS.items() if word in schema]


def _text(schema: dict[str, Any], language: str) -> str:
    if schema.get("format") == "path":
        return _say("path", language)
    words = [_say("text", language)]
    if "maxLength" in schema:
        words.append(_say("at most {} characters", language).format(schema["maxLength"]))
    return _JOINT[language].join(words)


def _list(schema: dict[str, Any], language: str) -> str:
    if "prefixItems" in schema:
        return f"[{', '.join(_value(each, language) for each in schema['prefixItems'])}]"
    inner = f"{_say('list of', language)} {_value(schema.get('items', {}), language)}"
    if "maxItems" in schema:
        inner += _JOINT[language] + _say("{} to {} items", language).format(
            schema.get("minItems", 0), schema["maxItems"]
        )
    return inner
