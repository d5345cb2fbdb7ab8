"""Payloads against T/ITS 0180.1-2021: mandatory fields, codes, units, and what must never leave."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from perception.geo import Reference, to_site
from perception.objects import (
    COLOURS,
    DirectionFlow,
    Event,
    Lamp,
    LaneFlow,
    LanePlace,
    Modality,
    RoadUser,
    SignalState,
    SpotFlow,
    Tracks,
    TrafficPeriod,
)
from rsu.reports import codes, events, lamps, participants, status, traffic
from rsu.reports.common import Identity
from rsu.reports.status import Device
from sim.archive import missing_fields

NOW_NS = 1_700_000_000_123_456_789
IDENTITY = Identity(
    rscu_sn="RSCU-1",
    rsu_sn="RSU-1",
    city_name="Shenzhen",
    region_id="440304",
    cross_id="C7",
    reference=Reference(22.5431, 114.0579, 12.0),
)
MODALITIES = {"cam": Modality.CAMERA, "rad": Modality.RADAR, "obu": Modality.V2X}
PLATE = b"\x0b\xadPLATE1"


def _tracks(kinds: list[RoadUser], **columns: Any) -> Tracks:
    n = len(kinds)
    base: dict[str, Any] = {
        "id": np.arange(1, n + 1),
        "stamp_ns": np.full(n, NOW_NS - 80_000_000),
        "receipt_ns": np.full(n, NOW_NS),
        "position": np.tile([10.0, -20.0], (n, 1)),
        "velocity": np.tile([3.0, 4.0], (n, 1)),
        "covariance": np.tile(np.diag([1.0, 0.25, 0.04, 0.01]), (n, 1, 1)),
        "heading": np.full(n, 36.87),
        "heading_sd": np.full(n, 2.0),
        "size": np.tile([4.5, 1.8, np.nan], (n, 1)),
        "kind": np.array(kinds, dtype=np.int64),
        "existence": np.ones(n),
        "sources": [("cam",)] * n,
        "vehicle_id": [PLATE] * n,
    }
    return Tracks(**base | columns)


def _participants(tracks: Tracks, running: list[Event] | None = None) -> list[dict[str, Any]]:
    payload = participants.build(IDENTITY, NOW_NS, tracks, [None] * len(tracks), running or [], MODALITIES)
    assert missing_fields("participant", payload) == set()
    users = json.loads(json.dumps(payload, allow_nan=False))["ptcList"]
    assert isinstance(users, list)
    return users


def _event(code: int, state: str = "update") -> Event:
    return Event(
        id=5,
        code=code,
        state=state,
        start_ns=NOW_NS - 3_000_000_000,
        stamp_ns=NOW_NS,
        position=(10.0, -20.0),
        radius=2.0,
        place=LanePlace("north", 2, 12.0),
        track_ids=[2],
        confidence=0.923,
    )


def test_participant_in_the_units_of_the_standard() -> None:
    payload = participants.build(
        IDENTITY, NOW_NS, _tracks([RoadUser.CAR]), [LanePlace("north", 2, 12.0)], [], MODALITIES
    )
    assert payload["timeStamp"] == 1_700_000_000_123
    assert payload["rscuSn"] == "RSCU-1"
    (user,) = json.loads(json.dumps(payload))["ptcList"]
    east, north = to_site(user["latitude"], user["longitude"], IDENTITY.reference)
    assert (float(east), float(north)) == pytest.approx((10.0, -20.0), abs=0.02)
    del user["latitude"], user["longitude"]
    assert user == {
        "timestamp": 1_700_000_000_043,
        "ptcType": 1,
        "ptcId": 1,
        "vehicleClass": 10,
        "vehicleStatus": 0,
        "sourceType": 3,
        "crossId": "C7",
        "linkId": "north",
        "laneId": 2,
        "positionConfidence": 2.45,
        "status": 2,
        "speed": 5.0,
        "speedConfidence": 0.39,
        "heading": 36.87,
        "headingConfidence": 3.92,
        "length": 4.5,
        "width": 1.8,
    }


def test_participant_types() -> None:
    users = _participants(_tracks(list(RoadUser)))
    assert [user["ptcType"] for user in users] == [0, 1, 1, 1, 1, 2, 3]
    assert [user.get("vehicleClass") for user in users] == [None, 10, 25, 50, 40, None, None]


def test_what_is_unknown_is_left_out() -> None:
    n = np.array([np.nan])
    (user,) = _participants(_tracks([RoadUser.UNKNOWN], heading=n, heading_sd=n, size=np.full((1, 3), np.nan)))
    unknown = {"heading", "headingConfidence", "length", "width", "height", "linkId", "laneId", "vehicleClass"}
    assert not unknown & user.keys()


def test_no_tracks_is_an_empty_list() -> None:
    assert _participants(_tracks([])) == []


@pytest.mark.parametrize(
    ("sources", "code"), [(("cam",), 3), (("rad",), 5), (("obu",), 2), (("cam", "rad"), 1), ((), 0), (("new",), 0)]
)
def test_source_type(sources: tuple[str, ...], code: int) -> None:
    assert _participants(_tracks([RoadUser.CAR], sources=[sources]))[0]["sourceType"] == code


@pytest.mark.parametrize(("code", "status"), [(904, 1), (901, 2), (903, 4), (707, 0)])
def test_vehicle_status_tells_the_running_event(code: int, status: int) -> None:
    users = _participants(_tracks([RoadUser.CAR, RoadUser.CAR]), [_event(code)])
    assert [user["vehicleStatus"] for user in users] == [0, status]


def test_standing_still() -> None:
    assert _participants(_tracks([RoadUser.CAR], velocity=np.array([[0.1, 0.2]])))[0]["status"] == 1


def test_no_plate_and_no_vehicle_id_leaves() -> None:
    payload = participants.build(IDENTITY, NOW_NS, _tracks(list(RoadUser)), [None] * 7, [_event(903)], MODALITIES)
    text = json.dumps(payload)
    for canary in ("PLATE1", PLATE.hex(), "license", "brand", "colour"):
        assert canary not in text


def test_event() -> None:
    payload = events.build(IDENTITY, NOW_NS, [_event(903), _event(904, "end")])
    assert missing_fields("event", payload) == set()
    running, ended = json.loads(json.dumps(payload))["eventList"]
    assert (running["eventId"], running["eventType"]) == (5, 903)
    assert (running["startTime"], running["eventConfidence"]) == (1_699_999_997_123, 0.92)
    assert (running["linkId"], running["referenceLanes"], running["ptcList"]) == ("north", [2], [2])
    assert "endTime" not in running
    assert ended["endTime"] == 1_700_000_000_123


def _flow(seconds: int) -> LaneFlow:
    return LaneFlow(
        link="north",
        lane=1,
        start_ns=NOW_NS - seconds * 1_000_000_000,
        end_ns=NOW_NS,
        volume=9,
        volume_by_kind={RoadUser.CAR: 5, RoadUser.TRUCK: 2, RoadUser.BUS: 1, RoadUser.BICYCLE: 1},
        mean_speed=8.0,
        queue_length=31.26,
        queue_count=5,
        occupancy=0.3,
        volume_by_movement={"straight": 7, "right": 1},
        speed_85=9.5,
        mean_length=5.5,
        space_occupancy=0.1212,
        density=0.025,
        headway=3.0,
        gap=2.4,
        stops=4,
        delay=12.345,
        green_s=25.0,
        congestion=1,
    )


def _period(seconds: int, **more: object) -> TrafficPeriod:
    flow = _flow(seconds)
    return TrafficPeriod(start_ns=flow.start_ns, end_ns=flow.end_ns, lanes=[flow], **more)


@pytest.mark.parametrize(("seconds", "code"), [(1, 2), (5, 3), (60, 4), (900, 5), (90, 6)])
def test_traffic_period(seconds: int, code: int) -> None:
    payload = traffic.build(IDENTITY, NOW_NS, _period(seconds))
    assert missing_fields("traffic", payload) == set()
    assert (payload["periodTime"], payload["duration"]) == (code, seconds)


def test_a_signal_cycle_is_a_period_of_its_own_kind() -> None:
    assert traffic.build(IDENTITY, NOW_NS, _period(60, cycle=True))["periodTime"] == 1


def test_traffic_per_lane() -> None:
    (lane,) = traffic.build(IDENTITY, NOW_NS, _period(60))["laneFlowData"]
    extended = lane.pop("extended")
    assert lane == {
        "branchId": "north",
        "laneId": 1,
        "laneFlow": 9,
        "queueLength": 31.3,
        "queueCount": 5,
        "congestionLevel": 1,
        "trafficFlow": 12.0,
        "trafficNumber": 9,
        "wasteTime": 12.35,
    }
    assert extended == {  # GA/T 1049.2: per hour, km/h, percent, per km
        "Volume": 540,
        "AvgVehLen": 5.5,
        "Pcu": 720,
        "HeadDistance": 24.0,
        "HeadTime": 3.0,
        "Speed": 28.8,
        "Saturation": 96.0,
        "Density": 25.0,
        "QueueLength": 31.3,
        "Occupancy": 30.0,
        "speed85": 9.5,
        "spaceOccupancy": 0.121,
        "gap": 2.4,
        "stops": 4,
        "volumeByClass": {"car": 5, "truck": 2, "bus": 1, "bicycle": 1},
        "volumeByMovement": {"straight": 7, "right": 1},
    }


def test_traffic_per_movement_loop_and_zone() -> None:
    way = DirectionFlow(
        link="north", movement="left", volume=3, volume_by_kind={RoadUser.CAR: 3}, queue_length=14.04, queue_count=2,
        delay=None,
    )  # fmt: skip
    spot = SpotFlow(
        name="far", volume=2, volume_by_kind={RoadUser.CAR: 2}, mean_speed=9.0, occupancy=0.25, mean_count=0.3
    )
    payload = traffic.build(IDENTITY, NOW_NS, _period(60, directions=[way], loops=[spot]))
    assert missing_fields("traffic", payload) == set()
    assert payload["directionFlowData"] == [
        {
            "branchId": "north",
            "flowType": 2,
            "queueLength": 14.0,
            "queueCount": 2,
            "trafficFlow": 3.0,
            "trafficNumber": 3,
        }
    ]
    assert payload["loopFlowData"] == [
        {
            "name": "far",
            "trafficNumber": 2,
            "volumeByClass": {"car": 2},
            "speed": 9.0,
            "occupancy": 0.25,
            "meanCount": 0.3,
        }
    ]
    assert "zoneFlowData" not in payload


@pytest.mark.parametrize(
    ("angle", "lamp_type", "phase"),
    [
        (90, 1, 1),  # east straight
        (90, 2, 2),
        (90, 3, 3),
        (90, 9, 4),
        (90, 4, 1),  # round
        (135, 1, 6),
        (180, 1, 11),
        (225, 1, 16),
        (270, 1, 21),
        (315, 1, 26),
        (0, 1, 31),
        (360, 1, 31),
        (45, 1, 36),
        (45, 9, 39),
        (83, 1, 1),  # no crossing stands exactly
        (90, 7, 201),  # non-motor
        (0, 5, 232),
        (90, 8, 241),  # crosswalk
        (45, 8, 276),
        (90, 13, None),  # tram: no rule
    ],
)
def test_phase_ids(angle: int, lamp_type: int, phase: int | None) -> None:
    assert codes.phase_id(Lamp(1, angle, lamp_type, "red", None), taken={}) == phase


def _lamp(*shown: Lamp) -> dict[str, Any]:
    state = SignalState(device="signal", stamp_ns=NOW_NS, receipt_ns=NOW_NS, lamps=list(shown))
    payload = lamps.build(IDENTITY, NOW_NS, state, control_mode=2, ok=True)
    assert missing_fields("lamp", payload) == set()
    return dict(json.loads(json.dumps(payload)))


def test_lamp_report() -> None:
    payload = _lamp(
        Lamp(3, 90, 8, "red", None),
        Lamp(4, 90, 8, "red", 0.0),
        Lamp(2, 90, 4, "green", 12.0),
        Lamp(1, 90, 1, "green", 11.2),
        Lamp(5, 180, 4, "green", 3.0),
    )
    assert (payload["status"], payload["controlMode"]) == (1, 2)
    assert payload["lamps"] == [
        {"phaseId": 1, "lightStatus": 6, "countDown": 12, "dataSource": 2},  # the arrow goes before the round lamp
        {"phaseId": 11, "lightStatus": 5, "countDown": 3, "dataSource": 2},
        {"phaseId": 241, "lightStatus": 3, "dataSource": 2},
        {"phaseId": 242, "lightStatus": 3, "countDown": 0, "dataSource": 2},
    ]


def test_every_colour_has_a_light_status() -> None:
    statuses = [_lamp(Lamp(1, 0, 4, colour, None))["lamps"][0]["lightStatus"] for colour in COLOURS]
    assert statuses == [0, 1, 3, 7, 5, 2, 8, 4]


DEVICES = [
    Device(name="cam", modality=Modality.CAMERA, ok=True),
    Device(name="rad", modality=Modality.RADAR, ok=False, fault="no data", fault_ns=NOW_NS - 2_000_000_000),
    Device(name="signal", modality=Modality.SIGNAL, ok=True),
    Device(name="radio", modality=Modality.V2X, ok=True),
    Device(name="gnss", modality=Modality.GNSS, ok=False, fault="port gone"),
]


def test_basic_status() -> None:
    payload = status.basic(IDENTITY, NOW_NS, DEVICES)
    assert missing_fields("basic-status", payload) == set()
    assert (payload["deviceType"], payload["active"], payload["transProtocal"]) == (0, 0, "MQTT")
    assert payload["rsulist"] == [{"rsuSn": "RSU-1", "deviceType": 1}]
    assert payload["sensorNum"] == 3
    assert "supplier" not in payload


def test_run_status_tells_what_does_not_work() -> None:
    payload = status.run(IDENTITY, NOW_NS, DEVICES)
    assert missing_fields("run-status", payload) == set()
    assert payload["rsuStatusList"] == [{"rsuSn": "RSU-1", "deviceType": 1, "status": 1, "active": 0}]
    assert payload["sensorStatusList"] == [
        {"sensorSn": "cam", "deviceType": 2, "status": 1, "active": 0},
        {"sensorSn": "rad", "deviceType": 3, "status": 2, "active": 1},
        {"sensorSn": "signal", "deviceType": 5, "status": 1, "active": 0},
    ]
    assert payload["faultList"] == [
        {
            "deviceSn": "rad",
            "deviceType": 3,
            "faultType": "lost",
            "faultTime": 1_699_999_998_123,
            "faultDescription": "no data",
        },
        {"deviceSn": "gnss", "deviceType": 0, "faultType": "lost", "faultDescription": "port gone"},
    ]
