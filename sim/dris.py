"""Huawei's DRIS as the bench reads it: the service's tables of an RSU's messages, a transcription of its own.

Keys are those of the tables of rsm/up, rsi/up and spat/up, lengths of lists and ranges too. Its login is checked as the
service does: `password_fits`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re

from sim.fields import Check, Misfit, both, flag, listed, table, text, whole
from sim.openv2x_standard import HeardTopic

_PLACE = table(
    {"lat": whole(-900_000_000, 900_000_001), "lon": whole(-1_800_000_000, 1_800_000_001)},
    {"ele": whole(-4096, 61_439)},
)
_SIZE = table({"width": whole(0, 1023), "length": whole(0, 4095)}, {"height": whole(0, 127)})


def _some(check: Check, most: int) -> Check:
    """Return the check of a list of 1 to `most` values."""

    def one_at_least(value: object) -> list[Misfit]:
        return [Misfit("", f"expected a list of 1 to {most}, got none")] if value == [] else []

    return both(lambda value: iter(one_at_least(value)), listed(check, most))


_PARTICIPANT = table(
    {},
    {
        "ptcType": text("[0-4]"), "ptcId": whole(0, 65_535), "global_track_id": whole(0, 2**63 - 1),
        "source": whole(0, 7), "secMark": whole(0, 65_535), "pos": _PLACE, "speed": whole(0, 8191),
        "heading": whole(0, 28_800), "size": _SIZE,
    },
)  # fmt: skip
_RSM = table({}, {"refPos": _PLACE, "participants": _some(_PARTICIPANT, 16)})
_PATH = table({}, {"activePath": listed(_PLACE, 32), "pathRadius": whole(0, 65_535)})
_RTE = table(
    {},
    {
        "rteId": whole(0, 255), "eventType": whole(0, 65_535), "eventPosition": _PLACE, "eventRadius": whole(0, 65_535),
        "eventSource": text("unknown|police|government|meteorological|internet|detection|v2xServer|rsu|obu"),
        "eventDescription": text(".{1,255}"), "eventPriority": whole(0, 7), "referencePaths": _some(_PATH, 8),
        "eventConfidence": whole(0, 200), "duration": whole(0, 2**31 - 1),
    },
)  # fmt: skip
_RSI = table({}, {"id": text(".{1,64}"), "refPos": _PLACE, "rtes": _some(_RTE, 8)})
_NODE = table({}, {"region": whole(0, 65_535), "id": whole(0, 65_535)})
_MARK = table({"timeMark": whole(0, 36_001)}, {})
_COUNTING = table({}, dict.fromkeys(("startTime", "minEndTime", "maxEndTime", "likelyEndTime"), _MARK))
_STATE = table({}, {"light": text("[0-8]"), "timing": table({}, {"counting": _COUNTING})})
_PHASE = table({}, {"phaseId": whole(0, 255), "phaseStates": _some(_STATE, 16)})
_INTERSECTION = table(
    {},
    {
        "intersectionId": _NODE, "status": whole(0, 65_532), "timeStamp": whole(0, 4_102_444_800_000),
        "timeConfidence": whole(0, 39), "phases": _some(_PHASE, 16),
    },
)  # fmt: skip
TABLES: dict[str, Check] = {
    "rsm": table({}, {"rsms": listed(_RSM)}),
    "rsi": table(
        {},
        {"rsiSourceId": text(".{1,64}"), "ack": flag, "seqNum": text(".{1,32}"), "rsiDatas": _some(_RSI, 16)},
    ),
    "spat": table({}, {"name": text(".{1,63}"), "intersections": listed(_INTERSECTION, 1000)}),
}
FILTER = "v2x/v1/rsu/+/+/up"


def read(topic: str, payload: bytes) -> HeardTopic:
    """Return the content of a message and its faults."""
    found = re.fullmatch("v2x/v1/rsu/([A-Za-z0-9_-]{1,64})/([a-z]+)/up", topic)
    if found is None or found[2] not in TABLES:
        return HeardTopic("", "", None, [Misfit("", f"no topic of the service is called {topic}")])
    try:
        content = json.loads(payload)
    except ValueError:
        return HeardTopic(found[2], found[1], None, [Misfit("", "expected JSON")])
    return HeardTopic(found[2], found[1], content, list(TABLES[found[2]](content)))


def reply(heard: HeardTopic) -> None:
    """Return nothing: the service does not answer."""


def password_fits(client: str, username: str, password: str, secret: str) -> bool:
    """Tell whether a login is that of the device with this secret, in the hour that its client id names."""
    found = re.fullmatch("(.+)_0_0_([0-9]{10})", client)
    if found is None or found[1] != username:
        return False
    return password == hmac.new(found[2].encode(), secret.encode(), hashlib.sha256).hexdigest()
