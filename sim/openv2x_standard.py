"""The fields that OpenV2X's edge platform reads, as the bench takes them: a transcription of its own.

Keys and forms are those of the platform's readers of RSM, RSI, INFO and HB (release 1.0); ranges and steps those of
T/CSAE 53, whose units it uses: 1e-7 deg, dm, 0.02 m/s, 0.0125 deg, cm, height 5 cm, confidence 0.5 %.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from sim.fields import Check, Misfit, flag, listed, real, table, text, whole

_ID, _NAME = text("[A-Za-z0-9_-]{1,64}"), text(".{1,64}")
_POSITION = table(
    {"lat": whole(-900_000_000, 900_000_001), "lon": whole(-1_799_999_999, 1_800_000_001)},
    {"ele": whole(-4096, 61_439)},
)
_PARTICIPANT = table(
    {
        "ptcType": text("unknown|motor|non-motor|pedestrian|rsu"), "ptcId": whole(0, 65_535), "global_track_id": _ID,
        "source": whole(0, 7), "secMark": whole(0, 60_000), "pos": _POSITION, "speed": whole(0, 8191),
        "heading": whole(0, 28_800),
    },
    {
        "lane": _NAME,
        "size": table({"width": whole(0, 1023), "length": whole(0, 4095), "height": whole(0, 127)}, {}),
    },
)  # fmt: skip
_RSM = table({"refPos": _POSITION, "participants": listed(_PARTICIPANT)}, {})
_EVENT = table(
    {
        "alertID": text("[0-9A-Za-z]{1,16}"), "duration": whole(0, 2**31 - 1), "eventStatus": flag,
        "timeStamp": text(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"),
        "eventClass": text("AdverseWeather|AbnormalTraffic|AbnormalVehicle"), "eventType": whole(0, 65_535),
        "eventSource": text("unknown|police|government|meteorological|internet|detection"), "eventPosition": _POSITION,
    },
    {"eventConfidence": whole(0, 200), "eventPriority": whole(0, 7), "eventRadius": whole(0, 65_535)},
)  # fmt: skip


def _anything(value: Any) -> Iterator[Misfit]:
    return iter(())


TABLES: dict[str, Check] = {
    "RSM": table({"name": _NAME, "id": _ID, "content": table({"rsms": listed(_RSM)}, {})}, {}),
    "RSI": table({"rsiSourceType": text("integrated|unknown"), "rsiSourceId": _ID, "rsiDatas": listed(_EVENT)}, {}),
    "INFO": table(
        {
            "rsuId": _ID, "rsuEsn": _ID, "rsuName": _NAME, "version": _NAME, "rsuStatus": flag,
            "location": table({"lon": real(-180, 180), "lat": real(-90, 90)}, {}), "config": _anything,
        },
        {},
    ),
    "HB": table(
        {"rsuEsn": _ID},
        {
            "rsuId": _ID, "seqNum": _anything, "timestamp": whole(1_500_000_000_000, 4_102_444_800_000),
            "protocolVersion": _NAME, "rsuStatus": flag, "ack": flag,
        },
    ),
}  # fmt: skip


class HeardTopic(NamedTuple):
    """One message."""

    kind: str  # of TABLES, empty: a topic that the platform does not know
    esn: str  # of the box
    content: Any
    faults: list[Misfit]


def read(topic: str, payload: bytes) -> HeardTopic:
    """Return the content of a message and its faults."""
    parts = topic.split("/")
    kind = parts[-2] if parts[:2] == ["V2X", "RSU"] and parts[-1] == "UP" and 4 <= len(parts) <= 5 else ""
    named = len(parts) == 5
    if kind not in TABLES or named != (kind in ("RSM", "RSI")):
        return HeardTopic("", "", None, [Misfit("", f"no topic of the platform is called {topic}")])
    try:
        content = json.loads(payload)
    except ValueError:
        return HeardTopic(kind, "", None, [Misfit("", "expected JSON")])
    faults = list(TABLES[kind](content))
    esn = parts[2] if named else str(content.get("rsuEsn", "")) if isinstance(content, dict) else ""
    return HeardTopic(kind, esn, content, faults)
