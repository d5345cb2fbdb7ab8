"""Values that records carry, in the words of status and page: one row each, in both languages, by table and value.

`tests/rsu/reasons/test_terms.py` holds every table to the enumeration of its values.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from hw.detail import Detail
from rsu.reasons import processes

Level = Literal["", "ok", "off", "warn", "alarm"]
Lamp = Literal["red", "yellow", "green"]


class Term(NamedTuple):
    """The words of one value, and its mark on the page."""

    name: Detail
    level: Level = ""
    short: Detail | None = None  # for narrow cells; None: the name
    lamp: Lamp | None = None  # the lamp that is lit
    flashes: bool = False


def _term(en: str, zh: str, level: Level = "") -> Term:
    return Term(Detail(en, zh), level)


ROAD_USERS = {  # perception.objects.RoadUser in lower case, in the order of the legend
    "car": _term("Car", "小客车"),
    "truck": _term("Truck", "货车"),
    "bus": _term("Bus", "客车"),
    "motorcycle": _term("Motorcycle", "摩托车"),
    "bicycle": _term("Bicycle", "自行车"),
    "pedestrian": _term("Pedestrian", "行人"),
    "unknown": _term("Unknown", "未知"),
}
LIGHTS = {  # v2x.records.names.Light
    "unavailable": _term("unknown", "未知"),
    "dark": _term("dark", "熄灭"),
    "red": Term(Detail("red", "红灯"), lamp="red"),
    "flashing-red": Term(Detail("flashing red", "红闪"), "", Detail("fl. red", "红闪"), "red", True),
    "yellow": Term(Detail("yellow", "黄灯"), lamp="yellow"),
    "flashing-yellow": Term(Detail("flashing yellow", "黄闪"), "", Detail("fl. yellow", "黄闪"), "yellow", True),
    "permissive-green": Term(Detail("yield", "让行"), lamp="green"),
    "protected-green": Term(Detail("green", "绿灯"), lamp="green"),
    "flashing-green": Term(Detail("flashing green", "绿闪"), "", Detail("fl. green", "绿闪"), "green", True),
    "pre-Movement": _term("before green", "绿灯前"),
}
MOVEMENTS = {  # perception.results.MOVEMENTS and crosswalks, from left to right
    "left": _term("left", "左转"),
    "straight": _term("straight", "直行"),
    "right": _term("right", "右转"),
    "uturn": _term("U-turn", "掉头"),
    "crosswalk": _term("crosswalk", "人行横道"),
}
LANES = {  # type of a lane in the lane map
    "vehicle": _term("vehicle", "机动车道"),
    "bike": _term("bike", "非机动车道"),
    "sidewalk": _term("sidewalk", "人行道"),
}
DECISIONS = {  # rsu.messages.row.Permission in lower case
    "send": _term("sending", "播发", "ok"),
    "degraded": _term("degraded", "降级", "warn"),
    "silent": _term("silent", "静默", "alarm"),
}
DEVICES = {  # hw.watch.State
    "ok": _term("ok", "正常", "ok"),
    "starting": _term("starting", "启动中", "warn"),
    "degraded": _term("degraded", "降级", "warn"),
    "frozen": _term("frozen", "冻结", "alarm"),
    "blind": _term("blind", "致盲", "alarm"),
    "not-understood": _term("not understood", "无法解析", "alarm"),
    "lost": _term("lost", "失联", "alarm"),
}
_LEVELS: Mapping[str, Level] = {"running": "ok", "starting": "warn", "restarting": "warn", "degraded": "warn"}
PROCESSES = {state: Term(name, _LEVELS.get(state, "alarm")) for state, name in processes.STATES.items()}
RECORDER = {  # RecorderState.state
    "recording": _term("recording", "录制中", "ok"),
    "stopped": _term("stopped", "已停止", "off"),
    "waiting": _term("waiting", "等待", "warn"),
    "paused": _term("paused", "已暂停", "alarm"),
}
RECORDINGS = {  # RecordingView.kind
    "open": _term("open", "正在写入"),
    "plain": _term("plain", "普通"),
    "event": _term("event", "事件"),
    "kept": _term("kept", "保留"),
}
PRECIPITATION = {  # perception.objects.PRECIPITATION
    "none": _term("none", "无"),
    "drizzle": _term("drizzle", "毛毛雨"),
    "unknown": _term("of unknown kind", "类型未知"),
    "rain": _term("rain", "雨"),
    "mixed": _term("rain and snow", "雨夹雪"),
    "snow": _term("snow", "雪"),
    "hail": _term("hail", "冰雹"),
    "freezing": _term("freezing rain", "冻雨"),
}
TABLES: Mapping[str, Mapping[str, Term]] = {
    "road_users": ROAD_USERS,
    "lights": LIGHTS,
    "movements": MOVEMENTS,
    "lanes": LANES,
    "decisions": DECISIONS,
    "devices": DEVICES,
    "processes": PROCESSES,
    "recorder": RECORDER,
    "recordings": RECORDINGS,
    "precipitation": PRECIPITATION,
}


def said(table: Mapping[str, Term], value: str, language: str) -> str:
    """Return a value in a language; one without a row stands for itself."""
    return table[value].name.told(language) if value in table else value
