"""The newest record of every topic the page shows, as one document, and the way from any older version to it.

Nothing is queued for a viewer: it holds the version it has, and gets the difference to the newest when it is ready for
more. A slow viewer sees fewer, larger changes; a dead one costs nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from hw.intake import Refused
from rsu.bus import topics, troubles
from rsu.bus.records import Processes, RecorderState, Trouble, UplinkState
from rsu.bus.snapshot import Snapshot
from rsu.bus.troubles import Newest
from rsu.reasons import counted, details
from rsu.reasons.box import BoxReason
from rsu.web.patch import Document, Json, diff

TOPICS = ["snapshot", "uplink", "recorder", "processes"]
_GRACE_NS = 3_000_000_000
_SENTENCES = ("error", "doubt", "cause")  # members of records that say something in English
_LISTS = {
    "tracks": "id",
    "signals": "phase",
    "events": "id",
    "messages": "kind",
    "devices": "name",
    "claims": "vehicle_id",
    "orders": "id",
}


class Version(NamedTuple):
    """The document as it was at one time; never changed afterwards."""

    number: int
    document: Document


EMPTY = Version(0, {})


class HeldRecord(NamedTuple):
    """The newest record of a topic and when it came."""

    record: msgspec.Struct
    received_ns: int  # monotonic


class Board:
    """The last records of station, services and supervisor, and the lane map (JSON) to which they refer."""

    def __init__(self, site: str, lane_map: Document) -> None:
        self.lane_map = msgspec.json.encode(lane_map)
        # a page that outlives this process notices that the map is another one
        self.newest = Version(1, {"site": site, "map": hashlib.sha256(self.lane_map).hexdigest()[:16]})
        self.held: dict[str, HeldRecord] = {}
        self.closed = False
        self._began_ns = 0  # monotonic, of the first record
        self._changed = asyncio.Event()
        self._patches: dict[int, str] = {}  # version number -> patch from it to the newest

    def put(self, topic: str, record: msgspec.Struct, now_ns: int) -> None:
        """Take a record of one of `TOPICS`, received at `now_ns` (monotonic)."""
        self.held[topic] = HeldRecord(record, now_ns)
        self._began_ns = self._began_ns or now_ns
        self._renew(document(record) | {"troubles": self._troubles(now_ns)})

    def tell(self, name: str, part: Document) -> None:
        """Take a part of the document that no record has; an empty one is as good as none."""
        if self.newest.document.get(name, {}) != part:
            self._renew({name: part})

    def _renew(self, changed: Document) -> None:
        self.newest = Version(self.newest.number + 1, {**self.newest.document, **changed})
        self._patches.clear()
        self._changed.set()
        self._changed = asyncio.Event()

    def reloads(self) -> tuple[int, str] | None:
        """Return how many reloads have come to an end, and why the last changed nothing; None: it is not yet known."""
        table = self.processes()
        return None if table is None else (table.reloads, table.refused)

    def processes(self) -> Processes | None:
        """Return the supervisor's table; None: it has not come yet."""
        held = self.held.get("processes")
        return held.record if held is not None and isinstance(held.record, Processes) else None

    def troubles(self, now_ns: int) -> list[Trouble]:
        """Return all troubles; a silent process is one only after every process had the time to publish."""
        found = troubles.of(Newest(**{topic: self._fresh(topic, now_ns) for topic in TOPICS}))
        early = self._began_ns and now_ns - self._began_ns < _GRACE_NS
        return [trouble for trouble in found if not early or trouble.reason != BoxReason.PROCESS_SILENT]

    def _troubles(self, now_ns: int) -> Document:
        """Return all troubles with their words."""
        told: Document = {}
        for trouble in self.troubles(now_ns):
            do, do_zh = troubles.remedy(trouble), troubles.remedy(trouble, "zh")
            text = f"{troubles.sentence(trouble)}." + (f" To do: {do}." if do else "")
            told[f"{trouble.reason} {trouble.about}"] = {
                "level": "alarm" if troubles.is_alarm(trouble) else "warn",
                "text": text if trouble.about else text[0].upper() + text[1:],
                "text_zh": f"{troubles.sentence(trouble, 'zh')}。" + (f"处理：{do_zh}。" if do_zh else ""),
            }
        return told

    def _fresh(self, topic: str, now_ns: int) -> Any:
        """Return the newest record of a topic; None: there is none, or it is too old."""
        held, stale_s = self.held.get(topic), topics.topic(topic).stale_after_s
        if held is None or (stale_s is not None and now_ns - held.received_ns > stale_s * 1e9):
            return None
        return held.record

    def close(self) -> None:
        """Release all waiting viewers: no more records will come."""
        self.closed = True
        self._changed.set()

    def patch(self, version: Version) -> str:
        """Return the JSON patch from a version to the newest one; viewers at the same version share it."""
        if version.number not in self._patches:
            changes = diff(version.document, self.newest.document)
            self._patches[version.number] = msgspec.json.encode(changes).decode()
        return self._patches[version.number]

    async def change(self, version: Version, timeout_s: float) -> None:
        """Wait for something newer than a version, at most `timeout_s`."""
        if version.number != self.newest.number:
            return
        try:
            async with asyncio.timeout(timeout_s):
                await self._changed.wait()
        except TimeoutError:
            return

    def state(self, now_ns: int) -> Document:
        """Return the newest records as they are, None where none came yet, and the age of each in milliseconds."""
        records: Document = {topic: msgspec.to_builtins(held.record) for topic, held in self.held.items()}
        ages: Document = {topic: (now_ns - held.received_ns) // 1_000_000 for topic, held in self.held.items()}
        return {"site": self.newest.document["site"], **dict.fromkeys(TOPICS), **records, "age_ms": ages}


def document(record: msgspec.Struct) -> Document:
    """Return a record's part of the document: lists keyed by the names of their rows, the rest under its origin."""
    match record:
        case Snapshot():
            lists: Document = {name: _rows(getattr(record, name), key) for name, key in _LISTS.items()}
            single = {name: value for name, value in _members(record).items() if name not in (*_LISTS, "since")}
            return {"station": single, **lists}
        case UplinkState():
            return {"uplink": _members(record)}
        case RecorderState():
            return {"recorder": _members(record)}
        case Processes():
            own = {name: value for name, value in _members(record).items() if name not in ("processes", "troubles")}
            return {"supervisor": own, "processes": _rows(record.processes, "name")}
    raise TypeError(f"no place for {type(record).__name__}")


def _rows(records: Sequence[msgspec.Struct], key: str) -> Document:
    return {str(getattr(record, key)): _members(record) for record in records}


def _members(record: msgspec.Struct) -> Document:
    members = {name: _plain(getattr(record, name)) for name in record.__struct_fields__}
    in_chinese: Document = {
        f"{name}_zh": details.said(text, "zh") for name in _SENTENCES if isinstance(text := members.get(name), str)
    }
    if isinstance(counters := members.get("counters"), dict) and counters:
        in_chinese["counters_zh"] = {name: counted.words(name).zh for name in counters}
    if isinstance(record, Refused):
        in_chinese["reason_zh"] = counted.words(record.reason).zh
    return {name: value for name, value in members.items() if value is not None} | in_chinese


def _plain(value: object) -> Json:
    """Return a value as JSON: floats to two decimals (a screen shows no more), NaN as unknown."""
    match value:
        case float():
            return round(value, 2) if math.isfinite(value) else None
        case list() | tuple():
            return [_plain(item) for item in value]
        case dict():
            return {str(name): _plain(item) for name, item in value.items()}
        case msgspec.Struct():
            return _members(value)
        case None | bool() | int() | str():
            return value
    raise TypeError(f"cannot show {type(value).__name__}")
