"""T/ITS 0117 as the bench's central subsystem reads it: a transcription of its own.

Keys marked as mandatory there are mandatory here; contents of RSM and SPAT have the ranges of T/CSAE 53. Where the text
prints no range, one stands here that no true value leaves.
"""

from __future__ import annotations

import json
from typing import Any

from sim.fields import Check, Fields, Misfit, flag, listed, real, table, text, whole
from sim.openv2x_standard import HeardTopic

_SEQ: Fields = {"seqNum": text("[0-9A-Za-z_:.-]{1,64}")}
_ID, _NAME = text("[A-Za-z0-9_-]{1,64}"), text(".{1,128}")
_MS = whole(1_500_000_000_000, 4_102_444_800_000)
_PLACE = table(
    {"lat": whole(-900_000_000, 900_000_001), "lon": whole(-1_799_999_999, 1_800_000_001)},
    {"ele": whole(-4096, 61_439)},
)
_SIZE = table({"width": whole(0, 1023), "length": whole(0, 4095)}, {"height": whole(0, 127)})
_PARTICIPANT = table(
    {
        "ptcType": text("unknown|motor|non-motor|pedestrian|rsu"), "ptcId": whole(0, 65_535), "source": whole(0, 7),
        "secMark": whole(0, 60_999), "pos": _PLACE, "speed": whole(0, 8191), "heading": whole(0, 28_800),
    },
    {"size": _SIZE},
)  # fmt: skip
_RSM = table({"refPos": _PLACE, "participants": listed(_PARTICIPANT, 16)}, {})
_PATH = table({"active_path": listed(_PLACE, 32), "path_radius": whole(0, 65_535)}, {})
_EVENT = table(
    {
        "alertID": text("[0-9A-Za-z_-]{1,64}"), "duration": whole(0, 2**31 - 1), "eventStatus": flag,
        "timeStamp": text(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"),
        "eventClass": text("AdverseWeather|AbnormalTraffic|AbnormalVehicle"), "eventType": whole(0, 65_535),
        "eventSource": text("unknown|police|government|meteorological|internet|detection"),
        "eventPosition": listed(_PLACE, 32),
    },
    {
        "eventConfidence": whole(0, 200), "eventPriority": whole(0, 7), "eventRadius": whole(0, 65_535),
        "referencePaths": listed(_PATH, 8),
    },
)  # fmt: skip
_MARK = whole(0, 36_001)
_COUNTING = table({"startTime": _MARK, "likelyEndTime": _MARK}, {"minEndTime": _MARK, "maxEndTime": _MARK})
_STATE = table({"light": whole(0, 8)}, {"timing": table({"counting": _COUNTING}, {})})
_PHASE = table({"phaseId": whole(1, 255), "phaseStates": listed(_STATE, 16)}, {})
_NODE = table({"region": whole(0, 65_535), "id": whole(0, 65_535)}, {})
_INTERSECTION = table({"intersectionId": _NODE, "timeStamp": _MS, "phases": listed(_PHASE, 16)}, {})
_FILTERS = listed(listed(lambda _: iter(())))
_LIMIT = whole(-1, 10_000)
_ALERT = table({"alertID": _ID, "eTag": _NAME}, {})
_CONFIG = table(
    {
        "bsmConfig": table(
            {
                "sampleMode": text("ByAll|ByID"),
                "sampleRate": whole(0, 10_000),
                "upLimit": _LIMIT,
                "upFilters": _FILTERS,
            },
            {"actualSampleRate": whole(0, 10_000), "downLimit": _LIMIT},
        ),
        "rsiConfig": table(
            {"upFilters": _FILTERS},
            {"maxRsiNum": whole(0, 10_000), "curRsiNum": whole(0, 10_000), "downRsis": listed(_ALERT)},
        ),
        "spatConfig": table({"upLimit": _LIMIT, "upFilters": _FILTERS}, {}),
        "rsmConfig": table({"upLimit": _LIMIT, "upFilters": _FILTERS}, {}),
        "mapConfig": table(
            {"upLimit": text("-1|[0-9]{1,5}"), "upFilters": _FILTERS}, {"mapSlice": _NAME, "eTag": _NAME}
        ),
    },
    {},
)
_ME: Fields = {"rsuId": _ID, "rsuEsn": _ID, "rsuStatus": flag}
TABLES: dict[str, Check] = {
    "RSM": table({**_SEQ, "rsms": listed(_RSM)}, {"rsmSourceId": _ID}),
    "RSI": table(
        {**_SEQ, "rsiSourceType": text("unknown|rsu|integrated"), "rsis": listed(_EVENT)}, {"rsiSourceId": _ID}
    ),
    "SPAT": table({**_SEQ, "intersections": listed(_INTERSECTION)}, {"spatSourceId": _ID}),
    "INFO": table(
        {
            **_SEQ, **_ME, "rsuName": _NAME, "version": text(r"\d\.\d"), "config": _CONFIG,
            "location": table({"lon": real(-180, 180), "lat": real(-90, 90)}, {}),
        },
        {"ack": flag},
    ),
    "HB": table({**_SEQ, **_ME, "timestamp": _MS, "protocolVersion": text(r"\d\.\d")}, {"ack": flag}),
}  # fmt: skip
FILTER = "#"  # the names are no levels: all come


def read(topic: str, payload: bytes) -> HeardTopic:
    """Return the content of a message and its faults."""
    parts = topic.split(".")
    kind = parts[2] if len(parts) == 4 and parts[:2] == ["V2X", "RSU"] and parts[3] == "UP" else ""
    if kind not in TABLES:
        return HeardTopic("", "", None, [Misfit("", f"no topic of the standard is called {topic}")])
    try:
        content = json.loads(payload)
    except ValueError:
        return HeardTopic(kind, "", None, [Misfit("", "expected JSON")])
    faults = list(TABLES[kind](content))
    return HeardTopic(kind, str(content.get("seqNum", "")).split(":")[0], content, faults)


def reply(heard: HeardTopic) -> tuple[str, bytes] | None:
    """Return the acknowledgement (table A.1) of a message that wants one."""
    if heard.kind != "INFO" or not isinstance(heard.content, dict) or not heard.content.get("ack"):
        return None
    about: dict[str, Any] = {"seqNum": heard.content.get("seqNum", ""), "errorCode": 1 if heard.faults else 0}
    if heard.faults:
        about["errorDesc"] = str(heard.faults[0])[:128]
    return "V2X.RSU.INFO.UP.ACK", json.dumps(about).encode()
