"""The output on air of one run: road users, frames, events and the gate's verdicts, decoded from its outcomes.

Judged is the knowledge of a receiver: the participants of the RSMs as sent, each true at its own secMark, and
those left out of a cycle because they went on as before (`rsu.lab.receiver`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

import msgspec
import numpy as np

import v2x
from perception.geo import Reference, to_site
from perception.objects import Floats, Ints, RoadUser
from rsu.bus.tape import Item, Outcome, Tape
from rsu.lab.receiver import USER, MessageReceiver, Rows
from rsu.messages.rsm import CLASSES
from rsu.site.config import Config, identity
from v2x import dsmp
from v2x.profiles import Profile
from v2x.records.rsm import Participant, RoadsideSafetyMessage

MINUTE_MS = 60_000
_KINDS = {int(classification): kind for kind, (_, classification) in CLASSES.items()}


class SentFrame(NamedTuple):
    """One frame."""

    now_ns: int
    kind: str
    octets: int
    newest_receipt_ns: int | None


class EventSpan(msgspec.Struct):
    """One event, from its start to its end."""

    id: int
    code: int
    start_ns: int  # when it began
    told_ns: int  # when it was first told
    end_ns: int | None  # None: it still ran
    east_m: float  # m
    north_m: float
    link: str | None  # name in the lane map


class _EventEntry(msgspec.Struct, rename="camel"):
    """One row of event/up (T/ITS 0180.1, table 18)."""

    event_id: int
    event_type: int
    start_time: int  # ms
    longitude: float
    latitude: float
    end_time: int | None = None
    link_id: int | None = None


class _EventReport(msgspec.Struct, rename="camel"):
    event_list: list[_EventEntry]


class Air(NamedTuple):
    """One run."""

    name: str
    ticks_ns: Ints  # (t,) steady, as all times of a run
    corrections_ns: Ints  # (t,) UTC less steady time, as the station knew it at each tick
    users: Rows  # (n,) of USER, by time
    first: Ints  # (t + 1,) row of each tick's first road user
    sent: list[SentFrame]
    events: list[EventSpan]
    gate: list[tuple[int, str, str]]  # when, message type, decision from then on
    digests: dict[str, dict[int, bytes]]  # message type -> time of the tick -> digest of its frames

    @property
    def waits_ms(self) -> Floats:
        """Return how long the newest measurement of each frame had been here when it was sent."""
        waits = [(one.now_ns - one.newest_receipt_ns) / 1e6 for one in self.sent if one.newest_receipt_ns is not None]
        return np.array(waits, dtype=np.float64)

    def at(self, tick: int) -> Rows:
        """Return the road users of a tick."""
        return self.users[self.first[tick] : self.first[tick + 1]]

    @property
    def seconds(self) -> float:
        """Return how long the run was."""
        return float(self.ticks_ns[-1] - self.ticks_ns[0]) / 1e9 if len(self.ticks_ns) else 0.0


class Antenna:
    """Takes in outcomes, tick by tick."""

    def __init__(self, name: str, config: Config) -> None:
        self._name = name
        self._reference = config.site.site.reference.reference()
        self._link_names = {number: name for name, number in identity(config).links.items()}
        self._profile: Profile = config.site.messages.profile
        self._receiver = MessageReceiver()
        self._ticks: list[int] = []
        self._corrections: list[int] = []
        self._users: list[Rows] = []
        self._sent: list[SentFrame] = []
        self._events: dict[tuple[int, int], EventSpan] = {}
        self._gate: list[tuple[int, str, str]] = []
        self._says: dict[str, str] = {}
        self._digests: dict[str, dict[int, bytes]] = {}

    def add(self, outcome: Outcome, correction_ns: int) -> None:
        """Take in one tick; `correction_ns`: UTC less steady time."""
        self._ticks.append(outcome.now_ns)
        self._corrections.append(correction_ns)
        participants: list[Participant] = []
        frames: dict[str, list[bytes]] = {}
        for frame in outcome.frames:
            self._sent.append(SentFrame(outcome.now_ns, frame.kind, len(frame.frame), frame.newest_receipt_ns))
            frames.setdefault(frame.kind, []).append(frame.frame)
            if frame.kind == "rsm":
                participants += self._participants(frame.frame)
        told = _rows(participants, outcome.now_ns, correction_ns, self._reference)
        self._users.append(self._receiver.cycle(outcome.now_ns, told))
        for kind, data in frames.items():
            digest = hashlib.blake2b(b"".join(data), digest_size=8).digest()
            self._digests.setdefault(kind, {})[outcome.now_ns] = digest
        for item in outcome.items:
            if item.kind == "event":
                self._take_events(item)
        for decision in outcome.gate:
            says = " ".join([decision.decision, *decision.reasons])
            if self._says.get(decision.kind) != says:
                self._says[decision.kind] = says
                self._gate.append((outcome.now_ns, decision.kind, says))

    def _participants(self, frame: bytes) -> list[Participant]:
        """Return the road users of an RSM, without the unit itself; none where it is of another profile."""
        try:
            message = v2x.decode(dsmp.parse(frame).payload, self._profile)
        except v2x.CodecError:
            return []
        others = message.participants if isinstance(message, RoadsideSafetyMessage) else ()
        return [one for one in others if one.ptc_type != "rsu" and one.sec_mark_ms is not None]

    def _take_events(self, item: Item) -> None:
        for entry in msgspec.json.decode(item.data, type=_EventReport).event_list:
            key = entry.event_id, entry.start_time
            if key not in self._events:
                east, north = to_site(entry.latitude, entry.longitude, self._reference)
                link = None if entry.link_id is None else self._link_names.get(entry.link_id)
                place = float(east), float(north), link
                begin_ns = entry.start_time * 1_000_000
                self._events[key] = EventSpan(entry.event_id, entry.event_type, begin_ns, item.stamp_ns, None, *place)
            if entry.end_time is not None:
                self._events[key].end_ns = entry.end_time * 1_000_000

    def air(self) -> Air:
        """Return the whole run."""
        return Air(
            name=self._name,
            ticks_ns=np.array(self._ticks, dtype=np.int64),
            corrections_ns=np.array(self._corrections, dtype=np.int64),
            users=np.concatenate([np.zeros(0, USER), *self._users]),
            first=np.cumsum([0, *(len(users) for users in self._users)]),
            sent=self._sent,
            events=list(self._events.values()),
            gate=self._gate,
            digests=self._digests,
        )


def listen(name: str, config: Config, ticks: Iterable[tuple[Tape, Outcome]]) -> Air:
    """Return the output on air of outcomes; each comes with the tape of its tick."""
    antenna = Antenna(name, config)
    for tape, outcome in ticks:
        antenna.add(outcome, tape.clock.correction_ns)
    return antenna.air()


def _rows(participants: list[Participant], now_ns: int, correction_ns: int, reference: Reference) -> Rows:
    rows = np.zeros(len(participants), USER)
    rows["now_ns"] = rows["told_ns"] = now_ns
    for row, one in zip(rows, participants, strict=True):
        row["stamp_ns"] = stamp_of(one.sec_mark_ms or 0, now_ns + correction_ns) - correction_ns
        row["id"], row["kind"] = one.ptc_id, _kind(one)
        row["speed"], row["heading"] = _number(one.speed_mps), _number(one.heading_deg)
        row["size"] = _number(one.size.length_m), _number(one.size.width_m), _number(one.size.height_m)
    latitude = [_number(one.position.latitude_deg if one.position else None) for one in participants]
    longitude = [_number(one.position.longitude_deg if one.position else None) for one in participants]
    rows["position"] = np.column_stack(to_site(latitude, longitude, reference))
    return rows


def stamp_of(sec_mark_ms: int, near_ns: int) -> int:
    """Return the time in ns UTC of a DSecond that is less than half a minute away from a time."""
    near_ms = near_ns // 1_000_000
    ahead = (sec_mark_ms - near_ms + MINUTE_MS // 2) % MINUTE_MS - MINUTE_MS // 2
    return (near_ms + ahead) * 1_000_000


def _kind(one: Participant) -> RoadUser:
    if one.vehicle_class is None:
        return RoadUser.UNKNOWN
    return RoadUser(_KINDS.get(one.vehicle_class.classification, RoadUser.UNKNOWN))


def _number(value: float | None) -> float:
    return np.nan if value is None else value
