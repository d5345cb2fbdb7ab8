"""Messages of the builders, read back from the octets."""

from __future__ import annotations

import datetime
import itertools
import random
from typing import Any

import msgspec
import numpy as np
import pytest

import v2x
from hw.modality import CAMERA, RADAR
from hw.utc import midnight_ns
from perception.geo import Reference, to_site, to_wgs84
from perception.objects import Reception, RoadUser
from perception.results import LanePlace, RoadEvent, Tracks
from rsu.messages import bsm, rsi
from rsu.messages.common import MessageCounter, minute_of_year, sec_mark_ms
from rsu.messages.rsm import RsmBuilder
from rsu.site.model import SignSettings
from v2x.aids import kind_of
from v2x.records.bsm import EmergencyExtensions
from v2x.records.common import NodeReferenceId

S = 1_000_000_000
NOW = 1_795_000_000 * S + 123_000_000
REFERENCE = Reference(22.5431, 114.0579, 12.0)


def some_tracks(n: int, **changes: Any) -> Tracks:
    rows = np.arange(n, dtype=np.float64)
    covariance = np.tile(np.diag([0.04, 0.09, 0.01, 0.01]), (n, 1, 1))
    fields: dict[str, Any] = {
        "id": np.arange(1, n + 1),
        "stamp_ns": np.full(n, NOW - 80_000_000) + np.arange(n) * 1_000_000,
        "receipt_ns": np.full(n, NOW - 20_000_000) + np.arange(n),
        "position_m": np.column_stack([rows * 10 - 100, rows * 5 - 60]),
        "velocity_mps": np.column_stack([np.full(n, 6.0), np.full(n, 8.0)]),
        "covariance": covariance,
        "heading_deg": np.full(n, 36.87),
        "heading_sd_deg": np.full(n, 0.7),
        "size_m": np.tile([4.6, 1.8, 1.5], (n, 1)),
        "kind": np.full(n, int(RoadUser.CAR)),
        "existence": np.ones(n),
        "contested": np.zeros(n, dtype=np.bool_),
        "sources": [("camera",)] * n,
        "vehicle_id": [None] * n,
    }
    return Tracks(**(fields | changes))


def builder() -> RsmBuilder:
    return RsmBuilder(b"RSU-ID-8", REFERENCE, {"camera": CAMERA, "radar": RADAR})


@pytest.mark.parametrize(("n", "sizes"), [(0, [1]), (1, [2]), (15, [16]), (16, [16, 2]), (47, [16, 16, 16, 3])])
def test_frames_of_a_cycle(n: int, sizes: list[int]) -> None:
    frames = list(builder().build(some_tracks(n), NOW, itertools.count()))
    decoded = [v2x.decode(v2x.encode(frame.message)) for frame in frames]
    assert [len(message.participants) for message in decoded] == sizes
    assert all(message.participants[0].ptc_id == 0 and message.participants[0].ptc_type == "rsu" for message in decoded)
    assert [p.ptc_id for message in decoded for p in message.participants[1:]] == list(range(1, n + 1))
    assert [frame.message.msg_cnt for frame in frames] == list(range(len(sizes)))


def test_newest_receipt_is_that_of_the_frames_own_participants() -> None:
    frames = list(builder().build(some_tracks(16), NOW, itertools.count()))
    assert [frame.newest_receipt_ns for frame in frames] == [NOW - 20_000_000 + 14, NOW - 20_000_000 + 15]
    assert next(iter(builder().build(some_tracks(0), NOW, itertools.count()))).newest_receipt_ns is None


def test_a_participant_as_received() -> None:
    frame = next(iter(builder().build(some_tracks(1), NOW, itertools.count())))
    message = v2x.decode(v2x.encode(frame.message))
    participant = message.participants[1]
    east, north = to_site(participant.position.latitude_deg, participant.position.longitude_deg, REFERENCE)
    assert (float(east), float(north)) == pytest.approx((-100, -60), abs=0.02)
    assert participant.sec_mark_ms == sec_mark_ms(NOW - 80_000_000)
    assert participant.speed_mps == pytest.approx(10.0)
    assert participant.heading_deg == pytest.approx(36.875)
    assert (participant.ptc_type, participant.source, participant.id) == ("motor", "video", None)
    assert (participant.size.length_m, participant.size.width_m, participant.size.height_m) == (4.6, 1.8, 1.5)
    # 95 %: sqrt(5.991 * 0.09) = 0.73 m, 1.96 * 0.1 = 0.2 m/s, 1.96 * 0.7 = 1.4 deg: the next coarser class
    assert participant.position_confidence.position == "a1m"
    assert participant.motion_confidence.speed == "prec1ms"
    assert participant.motion_confidence.heading == "prec05deg"


@pytest.mark.parametrize(
    ("sources", "vehicle_id", "expected"),
    [
        (("camera",), None, "video"),
        (("radar",), None, "microwaveRadar"),
        (("camera", "radar"), None, "integrated"),
        (("camera", "radio"), b"12345678", "v2x"),
        ((), None, "unknown"),
    ],
)
def test_source(sources: tuple[str, ...], vehicle_id: bytes | None, expected: str) -> None:
    tracks = some_tracks(1, sources=[sources], vehicle_id=[vehicle_id])
    message = next(iter(builder().build(tracks, NOW, itertools.count()))).message
    assert (message.participants[1].source, message.participants[1].id) == (expected, vehicle_id)


def test_what_is_not_known_is_unavailable_and_costs_nothing_else() -> None:
    unknown = some_tracks(2, heading_deg=np.array([np.nan, 10.0]), heading_sd_deg=np.array([np.nan, 1.0]))
    message = v2x.decode(v2x.encode(next(iter(builder().build(unknown, NOW, itertools.count()))).message))
    assert [p.heading_deg for p in message.participants[1:]] == [None, 10.0]
    assert message.participants[1].motion_confidence.heading in (None, "unavailable")


@pytest.mark.parametrize(
    ("text", "minute"),
    [("2026-01-01T00:00:59", 0), ("2026-12-31T23:59:59", 525_599), ("2028-12-31T23:59:00", 527_039)],
)
def test_minute_of_year(text: str, minute: int) -> None:
    stamp = datetime.datetime.fromisoformat(text + "+00:00").timestamp()
    assert minute_of_year(round(stamp) * S) == minute


def test_sec_mark_rolls_over() -> None:
    assert [sec_mark_ms(stamp) for stamp in (59_999_999_999, 60 * S)] == [59_999, 0]


def test_message_counter_wraps() -> None:
    counter = MessageCounter(random.Random(3))
    counts = [counter() for _ in range(300)]
    assert all((b - a) % 128 == 1 for a, b in itertools.pairwise(counts)) and set(counts) == set(range(128))


LINKS = {"north": (NodeReferenceId(region=1, id=11), NodeReferenceId(region=1, id=10))}


def event(state: str) -> RoadEvent:
    return RoadEvent(
        id=7,
        code=903,
        state=state,
        start_ns=NOW - 120 * S,
        stamp_ns=NOW,
        position_m=(3.0, 40.0),
        radius_m=5.0,
        place=LanePlace("north", 2, 30.0),
        track_ids=[4],
        confidence=0.93,
    )


def test_a_running_event_has_no_end_and_an_ended_one_has() -> None:
    for state, ended in (("start", False), ("update", False), ("end", True)):
        message = v2x.decode(v2x.encode(rsi.events(1, NOW, b"RSU-ID-8", REFERENCE, [event(state)], LINKS)))
        (found,) = message.events
        assert (found.rte_id, found.event_type, found.source, found.radius_m) == (7, 903, "detection", 5.0)
        assert found.time.start_moy == minute_of_year(NOW) - 2
        assert (found.time.end_moy is not None) == ended
        assert found.links[0].upstream.id == 11 and found.links[0].lanes == (2,)
        assert found.confidence_percent == 93.0
        east, north = to_site(found.position.latitude_deg, found.position.longitude_deg, REFERENCE)
        assert (float(east), float(north)) == pytest.approx((3, 40), abs=0.02)


def test_a_sign() -> None:
    sign = SignSettings(id=1, type=85, code="0" * 16, text="限速50", east_m=1, north_m=2, priority=6, links=["north"])
    (found,) = v2x.decode(v2x.encode(rsi.signs(1, NOW, b"RSU-ID-8", REFERENCE, [sign], LINKS))).signs
    assert (found.rts_id, found.sign_type, found.description, found.priority) == (1, 85, "0" * 16 + "限速50", 6)
    assert found.links[0].downstream.id == 10


def test_proxies_for_motor_vehicles_without_a_radio_only() -> None:
    kinds = np.array([int(RoadUser.CAR), int(RoadUser.PEDESTRIAN), int(RoadUser.BUS)])
    tracks = some_tracks(3, kind=kinds, vehicle_id=[None, None, b"12345678"])
    assert bsm.without_radio(tracks).tolist() == [0]
    (proxy,) = bsm.proxies(tracks.take(bsm.without_radio(tracks)), REFERENCE, b"RSU-ID-8", 5)
    assert proxy.id == b"RSU-ID" + (1).to_bytes(2)
    assert v2x.decode(v2x.encode(proxy)).speed_mps == pytest.approx(10.0)


@pytest.mark.parametrize("late_ms", [-40, 0, 80, 900, 29_000])
def test_a_received_bsm_is_true_at_its_mark(late_ms: int) -> None:
    (proxy,) = bsm.proxies(some_tracks(1), REFERENCE, b"RSU-ID-8", 5)
    received_ns = NOW - 80_000_000 + late_ms * 1_000_000
    reception = Reception(device="radio", stamp_ns=received_ns, receipt_ns=received_ns, aid=111, payload=b"", source=1)
    received = v2x.decode(v2x.encode(proxy))
    assert isinstance(received, v2x.BasicSafetyMessage)
    report = bsm.vehicle_report(received, reception)
    assert report is not None
    assert report.stamp_ns == NOW - 80_000_000
    latitude, longitude = to_wgs84(-100.0, -60.0, REFERENCE)
    assert (report.latitude_deg, report.longitude_deg) == pytest.approx((float(latitude), float(longitude)), abs=1e-7)
    assert (report.kind, report.position_95_m) == (RoadUser.CAR, 1)


def test_events_that_are_not_for_the_air_stay_off_it_and_each_class_has_its_message() -> None:
    kinds = [(903, True), (707, True), (9912, False), (904, True), *[(405, True)] * 8]
    running = [
        msgspec.structs.replace(event("start"), id=number, code=code, on_air=on_air)
        for number, (code, on_air) in enumerate(kinds, 1)
    ]
    assert [[e.code for e in batch] for batch in rsi.batches(running, semi_static=True)] == [
        [903, 904, 405, 405, 405, 405, 405, 405],
        [405, 405],
        [707],
    ]
    assert [e.code for batch in rsi.batches(running, semi_static=False) for e in batch].count(707) == 0
    messages = [rsi.events(1, NOW, b"RSU-ID-8", REFERENCE, batch, LINKS) for batch in rsi.batches(running, True)]
    assert [kind_of(message) for message in messages] == ["rsi-dynamic", "rsi-dynamic", "rsi-semi-static"]


def test_a_congestion_has_a_path_and_a_level() -> None:
    jam = msgspec.structs.replace(
        event("start"), code=707, level=3, path_m=((0.0, 90.0), (0.0, 60.0), (1.0, 25.0)), path_radius_m=4.9
    )
    (found,) = v2x.decode(v2x.encode(rsi.events(1, NOW, b"RSU-ID-8", REFERENCE, [jam], LINKS))).events
    assert found.description == "3"
    (path,) = found.paths
    east, north = to_site([p.latitude_deg for p in path.points], [p.longitude_deg for p in path.points], REFERENCE)
    assert north == pytest.approx([90.0, 60.0, 25.0], abs=0.05) and east == pytest.approx([0.0, 0.0, 1.0], abs=0.05)
    assert path.radius_m == pytest.approx(4.9)


@pytest.mark.parametrize(
    ("more", "on_its_way"),
    [
        (None, False),
        (EmergencyExtensions(siren="notInUse", lightbar="notInUse", response="nonEmergency"), False),
        (EmergencyExtensions(siren="inUse"), True),
        (EmergencyExtensions(lightbar="inUse"), True),
        (EmergencyExtensions(response="emergency"), True),
    ],
)
def test_an_emergency_vehicle_is_one_by_its_own_word(more: EmergencyExtensions | None, on_its_way: bool) -> None:
    (message,) = bsm.proxies(some_tracks(1), REFERENCE, b"RSU-ID-8", 1)
    received = v2x.decode(v2x.encode(msgspec.structs.replace(message, emergency=more)))
    assert isinstance(received, v2x.BasicSafetyMessage)
    reception = Reception(device="radio", stamp_ns=NOW, receipt_ns=NOW, aid=111, payload=b"", source=1)
    report = bsm.vehicle_report(received, reception)
    assert report is not None and report.emergency == on_its_way


@pytest.mark.parametrize(
    ("utc_ns", "minute", "mark"),
    [
        (midnight_ns(2027, 1, 1) - 1, 525_599, 59_999),
        (midnight_ns(2027, 1, 1), 0, 0),
        (midnight_ns(2029, 1, 1) - 1, 527_039, 59_999),  # 2028 has 366 days
        (midnight_ns(2029, 1, 1), 0, 0),
        (midnight_ns(2028, 2, 29) + 60 * S - 1, 84_960, 59_999),
        (midnight_ns(2028, 2, 29) + 60 * S, 84_961, 0),
    ],
)
def test_marks_of_time_roll_over_where_year_and_minute_end(utc_ns: int, minute: int, mark: int) -> None:
    assert (minute_of_year(utc_ns), sec_mark_ms(utc_ns)) == (minute, mark)


def test_message_counts_roll_over_after_127() -> None:
    count = MessageCounter(random.Random(1))
    told = [count() for _ in range(300)]
    assert set(told) == set(range(128)) and all((b - a) % 128 == 1 for a, b in itertools.pairwise(told))
