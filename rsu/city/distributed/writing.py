"""Entries of the log into the database: one transaction a batch; a record that is already there counts once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from psycopg import Connection

from rsu.city.distributed.database import SRID
from rsu.city.distributed.entries import CityEntry
from rsu.city.records import STATE, CityRecord

Received = tuple[CityRecord, int]  # and when, ms UTC
_REASONS = 20
_NUMBER = """INSERT INTO number SELECT * FROM
unnest(%s::text[], %s::text[], %s::bigint[], %s::integer[], %s::bigint[], %s::bigint[])
ON CONFLICT DO NOTHING RETURNING box, boot, seq, part"""
_BLOCK = "INSERT INTO block SELECT * FROM unnest(%s::text[], %s::bigint[], %s::bytea[])"
_EVENT = f"""INSERT INTO event VALUES (%s, %s, %s, %s, %s, ST_SetSRID(ST_MakePoint(%s, %s), {SRID}))
ON CONFLICT (box, id, start_ms) DO UPDATE SET
end_ms = coalesce(excluded.end_ms, event.end_ms), place = excluded.place"""
_FLOW = "INSERT INTO flow VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"
_BOX = f"""INSERT INTO box (box, first_ms, last_ms, basic, run, states_ms, states, lamps, extent)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, ST_MakeEnvelope(%s::float8, %s::float8, %s::float8, %s::float8, {SRID}))
ON CONFLICT (box) DO UPDATE SET last_ms = greatest(box.last_ms, excluded.last_ms),
basic = jsonb_strip_nulls(box.basic || excluded.basic), run = jsonb_strip_nulls(box.run || excluded.run),
states_ms = greatest(box.states_ms, excluded.states_ms),
states = CASE WHEN excluded.states_ms < box.states_ms THEN box.states ELSE excluded.states END,
extent = CASE WHEN excluded.states_ms < box.states_ms THEN box.extent ELSE excluded.extent END,
lamps = CASE WHEN excluded.lamps = 'null' THEN box.lamps ELSE excluded.lamps END"""
_COUNT = """INSERT INTO counted VALUES (%s, %s, %s) ON CONFLICT (kind) DO UPDATE SET
taken = counted.taken + excluded.taken, refused = counted.refused + excluded.refused"""
_OLD = (
    "DELETE FROM refusal WHERE at_ms < (SELECT min(at_ms) FROM (SELECT at_ms FROM refusal ORDER BY 1 DESC LIMIT %s) r)"
)


def write(db: Connection[Any], entries: Sequence[CityEntry]) -> None:
    """Write entries within a transaction. psycopg.Error."""
    received = [(record, entry.received_ms) for entry in entries for record in entry.records]
    with db.cursor() as cursor:
        fresh = list(_fresh(cursor, received))
        blocks = [
            (record.numbers.box, record.numbers.stamp_ms or at_ms, record.states.tobytes())
            for record, at_ms in fresh
            if record.states is not None and len(record.states)
        ]
        if blocks:
            cursor.execute(_BLOCK, [list(column) for column in zip(*blocks, strict=True)])
        cursor.executemany(_EVENT, list(_events(fresh)))
        cursor.executemany(_FLOW, list(_flows(fresh)))
        cursor.executemany(_BOX, list(_boxes(fresh)))
        _count(cursor, received, entries)


def _fresh(cursor: Any, received: Sequence[Received]) -> Iterator[Received]:
    """Yield the records that were not there yet, and those without a number."""
    numbered = [each for each in received if each[0].numbers.seq is not None]
    known: set[tuple[Any, ...]] = set()
    if numbered:
        rows = [(*_key(record), record.numbers.first, at_ms) for record, at_ms in numbered]
        known = set(cursor.execute(_NUMBER, [list(column) for column in zip(*rows, strict=True)]).fetchall())
    for record, at_ms in received:
        if record.numbers.seq is None:
            yield record, at_ms
        elif _key(record) in known:
            known.remove(_key(record))
            yield record, at_ms


def _key(record: CityRecord) -> tuple[str, str, int, int]:
    numbers = record.numbers
    return numbers.box, _text(numbers.boot), numbers.seq or 0, numbers.part


def _events(fresh: Sequence[Received]) -> Iterator[tuple[Any, ...]]:
    for record, _ in fresh:
        for each in record.events:
            place = each.longitude_deg, each.latitude_deg
            yield record.numbers.box, each.id, each.code, each.start_ms, each.end_ms, *place


def _flows(fresh: Sequence[Received]) -> Iterator[tuple[Any, ...]]:
    for record, _ in fresh:
        if (period := record.traffic) is None:
            continue
        for each in period.lanes:
            lane = record.numbers.box, _text(each.branch), _text(each.lane), period.start_ms, period.end_ms
            yield *lane, each.volume, each.queue_m, each.delay_s, each.congestion


def _boxes(fresh: Sequence[Received]) -> Iterator[tuple[Any, ...]]:
    """Yield the newest state of each box, in the order of their names, so that two writers never wait crosswise."""
    boxes: dict[str, list[Received]] = {}
    for each in fresh:
        boxes.setdefault(each[0].numbers.box, []).append(each)
    for box, own in sorted(boxes.items()):
        basic: dict[str, Any] = {}
        run: dict[str, Any] = {}
        states_ms, states, lamps = 0, np.zeros(0, STATE), None
        for record, at_ms in own:
            if record.state is not None:
                (run if record.kind == "run-status" else basic).update(record.state)
            if record.states is not None:
                states_ms, states = at_ms, record.states
            lamps = record.lamps if record.lamps is not None else lamps
        times = min(at_ms for _, at_ms in own), max(at_ms for _, at_ms in own)
        yield box, *times, _json(basic), _json(run), states_ms, states.tobytes(), _json(lamps), *_extent(states)


def _extent(states: NDArray[np.void]) -> tuple[float | None, ...]:
    """Return west, south, east, north of road users in degrees; of none no numbers."""
    if not len(states):
        return None, None, None, None
    places = [(states[name].min() / 1e7, states[name].max() / 1e7) for name in ("longitude", "latitude")]
    return tuple(float(place[end]) for end in (0, 1) for place in places)


def _count(cursor: Any, received: Sequence[Received], entries: Sequence[CityEntry]) -> None:
    taken = Counter(record.kind for record, _ in received)
    refused = Counter(each.kind for entry in entries for each in entry.refused)
    cursor.executemany(_COUNT, [(kind, taken[kind], refused[kind]) for kind in sorted({*taken, *refused})])
    reasons = [(entry.received_ms, _text(each.reason)) for entry in entries for each in entry.refused]
    if reasons:
        cursor.executemany("INSERT INTO refusal VALUES (%s, %s)", reasons[-_REASONS:])
        cursor.execute(_OLD, (_REASONS,))


def _json(value: object) -> str:
    """Return JSON without the character that PostgreSQL keeps in no text."""
    return msgspec.json.encode(value).decode().replace("\\u0000", "\\ufffd")


def _text(value: str) -> str:
    return value.replace("\0", "\ufffd")
