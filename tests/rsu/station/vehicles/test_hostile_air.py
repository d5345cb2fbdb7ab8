"""A hostile air changes no octet that leaves. The same station hears the same road, with and without it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import pytest

import v2x
from perception.results import Tracks
from rsu.bus.snapshot import Snapshot
from sim.hostile import FLOOD_HZ, HOSTILE, Hostile
from sim.obu import SLOT_NS, SLOTS, HeardFrame
from sim.radio import Radio
from tests.rsu.recording.virtual import EPOCH_NS
from tests.rsu.station.vehicles.air import REFERENCE, START_NS
from tests.rsu.virtual_site import run
from v2x import dsmp

S = 1_000_000_000
BEGIN_S, END_S = 4.0, 8.0


class Run(NamedTuple):
    """A station's outputs in some seconds of the recorded world."""

    tracks: list[Tracks]
    told: set[bytes]  # BSM ids in RSM
    events: set[int]  # codes on air
    snapshot: Snapshot
    strange: set[bytes]  # ids of vehicles that are not there


@lru_cache(None)
def heard_with(fault: str | None) -> Run:
    strange: set[bytes] = set()
    made = Hostile.heard

    def noted(self: Hostile, *args: object) -> list[HeardFrame]:
        found = made(self, *args)  # type: ignore[arg-type]
        strange.update(one for one in map(_id_of, found) if one is not None)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Hostile, "heard", noted)
        tracks, told, events, snapshot = _run(fault, patch)
    return Run(tracks, told, events, snapshot, strange)


def _run(fault: str | None, patch: pytest.MonkeyPatch) -> tuple[list[Tracks], set[bytes], set[int], Snapshot]:
    tracks: list[Tracks] = []
    told: set[bytes] = set()
    events: set[int] = set()
    for now, station, output in run(END_S):
        if now >= EPOCH_NS + BEGIN_S * S:
            patch.setattr(Radio, "fault", fault)
            assert station._tracks is not None
            tracks.append(station._tracks)
            messages = [v2x.decode(dsmp.parse(frame.frame).payload) for frame in output.frames]
            told |= {one.id for message in messages for one in _participants(message) if one.id is not None}
            events |= {event.event_type for message in messages for event in getattr(message, "events", ())}
    return tracks, told, events, station.snapshot(now)


def _participants(message: v2x.Message) -> Iterator[v2x.Participant]:
    if isinstance(message, v2x.RoadsideSafetyMessage):
        yield from message.participants


def _id_of(heard: HeardFrame) -> bytes | None:
    try:
        message = v2x.decode(dsmp.parse(heard.frame).payload)
    except v2x.CodecError:
        return None
    return message.id if isinstance(message, v2x.BasicSafetyMessage) else None


@pytest.mark.parametrize("fault", ["ambulances", "flood"])
def test_it_makes_nobody_and_moves_nobody(fault: str) -> None:
    """A flood is of all kinds: ghosts, teleporting ones, far places, other regions, replays and noise."""
    calm, hostile = heard_with(None), heard_with(fault)
    assert hostile.strange - calm.told and not hostile.strange & calm.strange
    assert [each.id.tolist() for each in hostile.tracks] == [each.id.tolist() for each in calm.tracks]
    for alone, beside in zip(calm.tracks, hostile.tracks, strict=True):
        assert abs(alone.position_m - beside.position_m).max() < 0.6
    assert hostile.events == calm.events and 905 not in hostile.events
    assert not hostile.told & (hostile.strange - calm.told)
    assert {one.source for one in hostile.snapshot.claims} == {"v2x-claimed"}
    assert any(one.emergency for one in hostile.snapshot.claims)


def test_every_kind_of_it_is_told_apart() -> None:
    """A fault states its effect; the emulated radio hears it as often as it says."""
    heard = {}
    for fault in HOSTILE:
        air, honest = Hostile(3, REFERENCE), [HeardFrame(9, 0, -60, b"honest frame")]
        heard[fault] = [air.heard(fault, number, START_NS + number * SLOT_NS, honest) for number in range(100)]
    ids = {fault: {_id_of(one) for some in each[:SLOTS] for one in some} - {None} for fault, each in heard.items()}
    assert {fault: len(each) for fault, each in ids.items() if fault not in ("garbage", "flood")} == {
        "replayed": 0, "other-region": 30, "ghosts": 200, "ambulances": 5, "teleporting": 20, "far-places": 20,
    }  # fmt: skip
    assert sum(map(len, heard["flood"])) == FLOOD_HZ and sum(map(len, heard["garbage"])) == 200
    assert {one.frame for some in heard["replayed"] for one in some} == {b"honest frame"}
