"""Notes on the events and on each message type of two runs, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from hw.detail import NOTHING, Detail
from rsu.lab.air import Air, EventSpan

SAME_EVENT_M = 15.0
_SPOT = Detail("{} m east, {} m north", "东 {} m，北 {} m")
SAME_EVENT_NS = 10_000_000_000


class EventNote(NamedTuple):
    """One event in either run or both; None: that run does not have it."""

    code: int
    name: Detail  # of its rule
    place: Detail
    a_ns: int | None  # when it was first told
    b_ns: int | None


class MessageNote(NamedTuple):
    """One message type."""

    kind: str
    a_frames: int
    b_frames: int
    a_octets: int
    b_octets: int
    differ: int  # ticks in which the frames are not the same bytes
    first_ns: int | None  # of them


def events_of(a: Sequence[EventSpan], b: Sequence[EventSpan], names: Mapping[int, Detail]) -> Iterator[EventNote]:
    """Yield the events of both runs, those of the same code at about the same place and time together."""
    left = list(b)
    for event in a:
        same = [
            other
            for other in left
            if other.code == event.code
            and np.hypot(other.east_m - event.east_m, other.north_m - event.north_m) <= SAME_EVENT_M
            and abs(other.told_ns - event.told_ns) <= SAME_EVENT_NS
        ]
        partner = min(same, key=lambda other: abs(other.told_ns - event.told_ns), default=None)
        if partner is not None:
            left.remove(partner)
        yield EventNote(
            event.code,
            names.get(event.code, NOTHING),
            _spot(event),
            event.told_ns,
            None if partner is None else partner.told_ns,
        )
    for event in left:
        yield EventNote(event.code, names.get(event.code, NOTHING), _spot(event), None, event.told_ns)


def _spot(event: EventSpan) -> Detail:
    return Detail(event.link, event.link) if event.link else _SPOT.of(f"{event.east_m:.0f}", f"{event.north_m:.0f}")


def messages_of(a: Air, b: Air) -> Iterator[MessageNote]:
    """Yield the decisions on each message type in both runs."""
    kinds = sorted({one.kind for one in (*a.sent, *b.sent)})
    for kind in kinds:
        mine, theirs = a.digests.get(kind, {}), b.digests.get(kind, {})
        differ = sorted(now_ns for now_ns in {*mine, *theirs} if mine.get(now_ns) != theirs.get(now_ns))
        sizes = [[one.octets for one in air.sent if one.kind == kind] for air in (a, b)]
        yield MessageNote(
            kind, len(sizes[0]), len(sizes[1]), sum(sizes[0]), sum(sizes[1]), len(differ), next(iter(differ), None)
        )
