"""Keys in words: value and range, default, meaning and effect of a change, in both languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from rsu.site.keys import effects
from rsu.site.keys.rows import Key

CHINESE: dict[str, str] = YAML(typ="safe").load(Path(__file__).with_name("chinese.yaml").read_text(encoding="utf-8"))
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
_LONG = 60  # characters
_SPANS = {"minimum": "≥ {}", "exclusiveMinimum": "> {}", "maximum": "≤ {}", "exclusiveMaximum": "< {}"}


def say(words: str, language: str) -> str:
    """Return words of the tables in a language."""
    return words if language == "en" else WORDS[words]


def meaning(key: Key, language: str) -> str:
    """Return the meaning of a key."""
    return key.meaning if language == "en" else CHINESE.get(key.meaning, key.meaning)


def default(key: Key, language: str) -> str:
    """Return the value of a key that is not given; it may be too long to be shown."""
    if len(key.default) >= _LONG:
        return "…"
    return {"": say("must be given", language), "null": say("none", language)}.get(key.default) or key.default


def range_of(key: Key, language: str) -> str:
    """Return the values that a key may have, and their unit."""
    return f"{value(key.schema, language)} {key.unit}".strip()


def effect(key: Key, language: str) -> str:
    """Return the effect of a change while the daemon runs."""
    found = effects.effect(key.whole)
    return found.en if language == "en" else found.zh


def value(schema: dict[str, Any], language: str) -> str:
    """Return the values that a schema allows."""
    if "anyOf" in schema:
        values = [value(each, language) for each in schema["anyOf"] if each.get("type") != "null"]
        return ", ".join(dict.fromkeys(values))
    if "const" in schema or "enum" in schema:
        return ", ".join(f"`{each}`" for each in schema.get("enum", [schema.get("const")]))
    if "$ref" in schema or "properties" in schema:
        return say("settings", language)
    match schema.get("type"):
        case "array":
            return _list(schema, language)
        case "boolean":
            return say("true, false", language)
        case "string":
            return _text(schema, language)
        case "object":
            return say("map", language)
        case kind:
            return " ".join([say(str(kind), language), *_span(schema)])


def _span(schema: dict[str, Any]) -> list[str]:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return [f"{low:g}..{high:g}"]
    return [text.format(f"{schema[word]:g}") for word, text in _SPANS.items() if word in schema]


def _text(schema: dict[str, Any], language: str) -> str:
    if schema.get("format") == "path":
        return say("path", language)
    words = [say("text", language)]
    if "maxLength" in schema:
        words.append(say("at most {} characters", language).format(schema["maxLength"]))
    return _JOINT[language].join(words)


def _list(schema: dict[str, Any], language: str) -> str:
    if "prefixItems" in schema:
        return f"[{', '.join(value(each, language) for each in schema['prefixItems'])}]"
    inner = f"{say('list of', language)} {value(schema.get('items', {}), language)}"
    if "maxItems" in schema:
        inner += _JOINT[language] + say("{} to {} items", language).format(
            schema.get("minItems", 0), schema["maxItems"]
        )
    return inner
