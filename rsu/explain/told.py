"""Stories as documents for the page, texts in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

import msgspec

import v2x
from rsu.bus.records import Sent
from rsu.bus.snapshot import Snapshot
from rsu.explain.reason import Why, of_message, of_user
from rsu.explain.user import UserStory
from rsu.reasons import codec
from v2x import dsmp
from v2x.explain import Explanation, Line, explain
from v2x.profiles import Profile

Told = dict[str, Any]


def user(story: UserStory, snapshot: Snapshot) -> Told:
    """Return the story of a road user up to `snapshot`; times of messages as median and greatest, ms."""
    told: Told = msgspec.to_builtins(story)
    on_air = told["on_air"]
    on_air |= {name: _spread(on_air[name]) for name in ("age_ms", "latency_ms")}
    told["speed_mps"] = None if story.first_ns is None else story.speed_mps
    return told | {"now_ns": snapshot.stamp_ns, "why": why(of_user(story, snapshot))}


def message(kind: str, snapshot: Snapshot, newest: Sent | None, profile: Profile | None) -> Told:
    """Return why messages of a kind are on air or not, and the newest of them bit by bit."""
    told: Told = {"why": why(of_message(kind, snapshot)), "newest": None}
    return told if newest is None else told | {"newest": frame(newest, profile)}


def why(answer: Why) -> Told:
    """Return an answer line by line."""
    rows = [{"text": text.en, "text_zh": text.zh, "do": do.en, "do_zh": do.zh} for text, do in answer.lines]
    return {"on_air": answer.on_air, "lines": rows}


def frame(sent: Sent, profile: Profile | None) -> Told:
    """Return a frame with its octets and its fields; bits are counted from the begin of the message in it."""
    latency_ms = None if sent.newest_receipt_ns is None else (sent.stamp_ns - sent.newest_receipt_ns) / 1e6
    told: Told = {"stamp_ns": sent.stamp_ns, "latency_ms": latency_ms, "octets": len(sent.frame)}
    try:
        dsm = dsmp.parse(sent.frame)
    except v2x.CodecError as error:
        return told | {"hex": sent.frame.hex(), "error": str(error), "error_zh": codec.chinese(str(error))}
    found = explain(dsm.payload, profile)
    head = sent.frame[: len(sent.frame) - len(dsm.payload)]
    told |= {"aid": dsm.aid, "head": head.hex(), "hex": dsm.payload.hex(), "type": found.type}
    return told | {"fields": [field(line) for line in found.lines], **_oddities(found)}


def field(line: Line) -> Told:
    """Return one field: its name, depth, first bit and number of bits, its value with unit, and its oddities."""
    odd = "; ".join(each.text for each in line.odd)
    place = line.field
    told: Told = {"name": place.name, "depth": line.depth, "bit": place.first, "bits": place.bits}
    told["value"] = f"{line.value} {line.unit}".rstrip()
    return told | ({"odd": odd, "odd_zh": "；".join(codec.chinese(each.text) for each in line.odd)} if odd else {})


def _oddities(found: Explanation) -> Told:
    texts = [*(each.text for each in found.odd), *([] if found.error is None else [str(found.error)])]
    return {"odd": texts, "odd_zh": [codec.chinese(text) for text in texts]}


def _spread(values: Sequence[float]) -> list[float] | None:
    return [median(values), max(values)] if values else None
