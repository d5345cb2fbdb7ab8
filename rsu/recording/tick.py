"""How a recording holds the tape: raw messages of a tick first, then one `/tick` message that puts them in order.

Bytes of a device's port are messages of their own channel, whole and as read; frames and records for the cloud as
well. A tick without its `/tick` message is not there.

Log times are steady, so that they never go back; `clock` and each round's `correction_ns` make UTC of them
(`hw/timescale.py`). They are left out while the system clock has not stepped since the station began.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

import msgspec

from hw.tape import AS_BEGUN, LinkState, Read, Round, SystemClock
from rsu.bus.latch import Setting
from rsu.bus.orders import AirOrders
from rsu.bus.tape import Decision, Frame, Item, Outcome, Tape

TICK = "/tick"
RAW, SENT, REPORT = "/raw/", "/sent/", "/report/"


class RoundEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """A round without its bytes: how many raw messages are its reads."""

    now_ns: int
    reads: Annotated[int, msgspec.Meta(ge=0)]
    links: list[LinkState]
    correction_ns: int = 0


class FrameEntry(msgspec.Struct, frozen=True):
    """A frame without its bytes."""

    aid: int
    priority: int
    newest_receipt_ns: int | None


class TickEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """The content of a `/tick` message (JSON)."""

    seed: str  # hex
    seq: int
    now_ns: int
    rounds: list[RoundEntry]
    links: list[LinkState]
    frames: list[FrameEntry]  # of the /sent messages
    items: int  # how many /report messages
    gate: list[Decision]
    clock: SystemClock = AS_BEGUN
    latch: Setting | None = None
    orders: AirOrders | None = None


class Entry(NamedTuple):
    """One message of a recording."""

    topic: str
    log_ns: int
    data: bytes


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(TickEntry)


def to_entries(tape: Tape) -> list[Entry]:
    """Return the messages of a tick, the `/tick` message last."""
    out = tape.outcome
    entries = [
        Entry(f"{RAW}{read.device}/{read.port}", read.receipt_ns, read.data)
        for each in tape.rounds
        for read in each.reads
    ]
    entries += [Entry(SENT + frame.kind, out.now_ns, frame.frame) for frame in out.frames]
    entries += [Entry(REPORT + item.kind, item.stamp_ns - tape.clock.correction_ns, item.data) for item in out.items]
    tick = TickEntry(
        seed=tape.seed.hex(),
        seq=tape.seq,
        now_ns=out.now_ns,
        rounds=[RoundEntry(each.now_ns, len(each.reads), each.links, each.correction_ns) for each in tape.rounds],
        links=tape.links,
        frames=[FrameEntry(frame.aid, frame.priority, frame.newest_receipt_ns) for frame in out.frames],
        items=len(out.items),
        gate=out.gate,
        clock=tape.clock,
        latch=tape.latch,
        orders=tape.orders,
    )
    return [*entries, Entry(TICK, out.now_ns, _encoder.encode(tick))]


def from_entries(entries: list[Entry]) -> Tape:
    """Put a tick together again. ValueError: messages are missing or do not belong to it."""
    tick = _decoder.decode(entries[-1].data)
    raw = [entry for entry in entries if entry.topic.startswith(RAW)]
    sent = [entry for entry in entries if entry.topic.startswith(SENT)]
    reports = [entry for entry in entries if entry.topic.startswith(REPORT)]
    wanted = sum(each.reads for each in tick.rounds), len(tick.frames), tick.items
    if (len(raw), len(sent), len(reports)) != wanted:
        raise ValueError(f"tick {tick.seq} has not all of its messages")
    reads = iter(raw)
    frames = [
        Frame(entry.topic.removeprefix(SENT), frame.aid, frame.priority, frame.newest_receipt_ns, entry.data)
        for frame, entry in zip(tick.frames, sent, strict=True)
    ]
    items = [
        Item(entry.topic.removeprefix(REPORT), entry.log_ns + tick.clock.correction_ns, entry.data) for entry in reports
    ]
    return Tape(
        seed=bytes.fromhex(tick.seed),
        seq=tick.seq,
        rounds=[
            Round(e.now_ns, e.links, [_read(next(reads)) for _ in range(e.reads)], e.correction_ns) for e in tick.rounds
        ],
        links=tick.links,
        outcome=Outcome(tick.now_ns, frames, items, tick.gate),
        clock=tick.clock,
        latch=tick.latch,
        orders=tick.orders,
    )


def number(tick: bytes) -> tuple[bytes, int]:
    """Return seed and number of a `/tick` message. ValueError: it is none."""
    entry = _decoder.decode(tick)
    return bytes.fromhex(entry.seed), entry.seq


def _read(entry: Entry) -> Read:
    device, _, port = entry.topic.removeprefix(RAW).rpartition("/")
    return Read(device, port, entry.log_ns, entry.data)
