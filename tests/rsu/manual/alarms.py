"""The page "Alarms": one table a group, of the rows of `rsu/reasons`, and the thresholds of devices' vital figures."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import ModuleType

from hw.detail import Detail, in_language
from hw.vital_rules import RULES
from rsu.messages.row import Permission
from rsu.reasons import words
from rsu.reasons.alarms import ALARMS, box, devices, place, radio, sensors, signal
from rsu.station import gate
from tests.rsu.manual.markdown import table

HEADS = {
    "en": ("code", "level", "meaning", "effect on messages", "likely cause", "what to do", "cleared by"),
    "zh": ("告警码", "级别", "含义", "对消息的影响", "可能原因", "处理", "清除条件"),
}
FIGURES = {
    "en": ("code", "figure, over the last 10 s", "raised", "cleared"),
    "zh": ("告警码", "指标（最近 10 s）", "触发", "清除"),
}
EFFECTS = {
    Permission.DEGRADED: Detail("{} degraded", "{} 降级"),
    Permission.SILENT: Detail("{} silent", "{} 静默"),
}
FOR = Detail("{} for {} s", "{}，持续 {} s")


def effect(code: str) -> Detail:
    """Return the effect of an alarm: that of its row, else the gate's decision for its reason."""
    if (told := ALARMS[code].effect) is not None:
        return told
    decisions = list(zip(gate.KINDS, gate.TABLE[code], strict=True))
    parts = [
        EFFECTS[worst].of(", ".join(kind.upper() for kind, one in decisions if one is worst))
        for worst in reversed(EFFECTS)
        if worst in gate.TABLE[code]
    ]
    return Detail("; ".join(part.en for part in parts), "；".join(part.zh for part in parts))


def alarms(language: str, group: ModuleType) -> str:
    """Return the alarms of a group."""
    return table(HEADS[language], (_row(code, language) for code in group.ROWS))


def _row(code: str, language: str) -> list[str]:
    said, row = words(code), ALARMS[code]
    meaning, do = (said.text_zh, said.do_zh) if language == "zh" else (said.text, said.do)
    level, told, cause, clears = (
        str(in_language(each, language)) for each in (row.level.value, effect(code), row.cause, row.clears)
    )
    return [f"`{code}`", level, meaning, told, cause, do, clears]


def vitals(language: str) -> str:
    """Return the figures behind the alarms of devices, with their thresholds."""
    rows = []
    for rule in RULES:
        unit, scale = ("ms", 1.0) if rule.figure.endswith("_ms") else ("%", 100.0)
        limits = [
            (f"≥ {scale * rule.limit.raise_at:g} {unit}", rule.limit.raise_ns),
            (f"≤ {scale * rule.limit.clear_at:g} {unit}", rule.limit.clear_ns),
        ]
        told = [str(in_language(FOR.of(limit, f"{ns / 1e9:g}"), language)) for limit, ns in limits]
        rows.append([f"`{rule.code}`", f"`{rule.figure}`", *told])
    return table(FIGURES[language], rows)


PARTS: dict[str, Callable[[str], str]] = {
    **{
        f"alarms {group.__name__.rpartition('.')[2]}": partial(alarms, group=group)
        for group in (place, signal, sensors, radio, devices, box)
    },
    "vitals": vitals,
}
