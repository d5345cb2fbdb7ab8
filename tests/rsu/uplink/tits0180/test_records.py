"""Payloads against T/ITS 0180.1-2021: keys, types, codes, units, and what must never leave."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from hw.modality import CAMERA, GNSS, RADAR, SIGNAL, V2X
from perception.geo import Reference, to_site
from perception.objects import COLOURS, Lamp, RoadUser, SignalState
from perception.results import DirectionFlow, LaneFlow, LanePlace, RoadEvent, SpotFlow, Tracks, TrafficPeriod
from rsu.bus.told import DeviceStates, Participants, RoadTraffic, SignalLamps, ToldDevice, ToldLamp
from rsu.site.box import Box
from rsu.site.identity import Identity
from rsu.site.uplink import StandardSettings
from rsu.station import telling
from rsu.station.telling import OnRoad
from rsu.uplink.tits0180 import events, lamps, participants, phases, status, traffic
from sim.standard import faults

NOW_NS = 1_700_000_000_123_456_789
IDENTITY = Identity(
    rscu_sn="RSCU-1",
    rsu_sn="RSU-1",
    region_id="440304",
    city_code="440300",
    cross_id="C7",
    reference=Reference(22.5431, 114.0579, 12.0),
    links={"north": 11},
    maneuvers={("north", 1): ["right", "straight"], ("north", 2): ["left", "uturn"]},
)
MODALITIES = {"cam": CAMERA, "rad": RADAR, "obu": V2X}
BOX = Box(IDENTITY, MODALITIES, StandardSettings())
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
        "contested": np.zeros(n, dtype=np.bool_),
        "sources": [("cam",)] * n,
        "vehicle_id": [PLATE] * n,
    }
    return Tracks(**base | columns)


def _as_sent(kind: str, payload: dict[str, object]) -> dict[str, Any]:
    """Return a payload as it is sent; it fits the bench's own transcription of the standard."""
    sent = json.loads(json.dumps(payload, allow_nan=False))
    assert faults(kind, sent) == []
    return dict(sent)


def _road(tracks: Tracks, running: list[RoadEvent] | None = None) -> OnRoad:
    return OnRoad(tracks, [None] * len(tracks), running or [])


def _build(road: OnRoad, box: Box = BOX) -> dict[str, object]:
    """Return participant/up of what the station tells of the road."""
    return participants.build(box, NOW_NS, Participants(telling.users(road)))


def _standard(**settings: Any) -> Box:
    return BOX._replace(standard=StandardSettings.model_validate(settings))


def _participants(tracks: Tracks, running: list[RoadEvent] | None = None) -> list[dict[str, Any]]:
    return list(_as_sent("participant", _build(_road(tracks, running)))["ptcList"])


def _event(code: int, state: str = "update", tracks: list[int] | None = None, **more: Any) -> RoadEvent:
    return RoadEvent(
        id=5,
        code=code,
        state=state,
        start_ns=NOW_NS - 3_000_000_000,
        stamp_ns=NOW_NS,
        position=(10.0, -20.0),
        radius_m=2.0,
        place=LanePlace("north", 2, 12.0),
        track_ids=[2] if tracks is None else tracks,
        confidence=0.923,
        **more,
    )


def test_participant_in_the_units_of_the_standard() -> None:
    road = OnRoad(_tracks([RoadUser.CAR]), [LanePlace("north", 2, 12.0)], [])
    payload = _as_sent("participant", _build(road))
    assert payload["timeStamp"] == 1_700_000_000_123
    assert payload["rscuSn"] == "RSCU-1"
    (user,) = payload["ptcList"]
    east, north = to_site(user["latitude"], user["longitude"], IDENTITY.reference)
    assert (float(east), float(north)) == pytest.approx((10.0, -20.0), abs=0.02)
    del user["latitude"], user["longitude"]
    assert user == {
        "timestamp": 1_700_000_000_043,
        "ptcType": 1,
        "ptcId": 1,
        "vehicleClass": 1,
        "vehicleStatus": 0,
        "sourceType": 3,
        "crossId": "C7",
        "linkId": 11,
        "laneId": "2",
        "positionConfidence": 7,  # a5m: the 95 % ellipse reaches 2.45 m
        "status": 2,
        "speed": 5.0,
        "speedConfidence": 4,  # prec1ms: 0.39 m/s
        "heading": 36.87,
        "headingConfidence": 2,  # prec05deg: 3.92 deg
        "length": 4.5,
        "width": 1.8,
    }


def test_participant_types() -> None:
    users = _participants(_tracks(list(RoadUser)))
    assert [user["ptcType"] for user in users] == [0, 1, 1, 1, 1, 2, 3]
    assert [user.get("vehicleClass") for user in users] == [None, 1, 2, 4, 3, None, None]


def test_vehicle_classes_of_ydt_3709_where_the_site_wants_them() -> None:
    road = _road(_tracks([RoadUser.CAR, RoadUser.TRUCK, RoadUser.BUS, RoadUser.MOTORCYCLE]))
    sent = _as_sent("participant", _build(road, _standard(vehicle_class="ydt3709")))
    assert [user["vehicleClass"] for user in sent["ptcList"]] == [10, 25, 50, 40]


def test_a_heading_just_short_of_north_is_north() -> None:
    (user,) = _participants(_tracks([RoadUser.CAR], heading=np.array([359.999])))
    assert user["heading"] == 0.0


def test_what_is_unknown_is_left_out() -> None:
    n = np.array([np.nan])
    (user,) = _participants(_tracks([RoadUser.UNKNOWN], heading=n, heading_sd=n, size=np.full((1, 3), np.nan)))
    assert user["headingConfidence"] == 0  # unavailable
    unknown = {"heading", "length", "width", "height", "linkId", "laneId", "vehicleClass"}
    assert not unknown & user.keys()


def test_no_tracks_is_an_empty_list() -> None:
    assert _participants(_tracks([])) == []


@pytest.mark.parametrize(
    ("sources", "code"), [(("cam",), 3), (("rad",), 5), (("obu",), 2), (("cam", "rad"), 1), ((), 0), (("new",), 0)]
)
def test_source_type(sources: tuple[str, ...], code: int) -> None:
    assert _participants(_tracks([RoadUser.CAR], sources=[sources]))[0]["sourceType"] == code


@pytest.mark.parametrize(("code", "status"), [(904, 1), (901, 2), (903, 4), (902, 5), (707, 0)])
def test_vehicle_status_tells_the_running_event(code: int, status: int) -> None:
    users = _participants(_tracks([RoadUser.CAR, RoadUser.CAR]), [_event(code)])
    assert [user["vehicleStatus"] for user in users] == [0, status]


def test_vehicle_status_is_not_lost_in_another_event() -> None:
    (first,) = _participants(_tracks([RoadUser.CAR]), [_event(904, tracks=[1]), _event(707, tracks=[1])])
    assert first["vehicleStatus"] == 1


def test_standing_still() -> None:
    assert _participants(_tracks([RoadUser.CAR], velocity=np.array([[0.1, 0.2]])))[0]["status"] == 1


def test_no_plate_and_no_vehicle_id_leaves() -> None:
    road = _road(_tracks(list(RoadUser)), [_event(903)])
    told = events.build(BOX, NOW_NS, telling.events(road.running, road))
    text = json.dumps([_build(road), told])
    for canary in ("PLATE1", PLATE.hex(), "license", "brand", "colour"):
        assert canary not in text


def test_event() -> None:
    road = _road(_tracks([RoadUser.CAR, RoadUser.TRUCK, RoadUser.CAR]))
    told = [_event(903, level=4), _event(904, "end", [2, 9], speed_mps=3.0, heading_deg=359.999)]
    running, ended = _as_sent("event", events.build(BOX, NOW_NS, telling.events(told, road)))["eventList"]
    assert (running["eventId"], running["eventType"], running["priority"]) == (5, 903, "4")
    assert (running["startTime"], running["eventConfidence"]) == (1_699_999_997_123, 0.92)
    assert (running["linkId"], running["referenceLanes"]) == (11, "2")
    assert [(user["ptcId"], user["vehicleClass"]) for user in running["ptcList"]] == [(2, 2)]
    assert "endTime" not in running
    assert (ended["endTime"], ended["heading"]) == (1_700_000_000_123, 0.0)
    assert [user["ptcId"] for user in ended["ptcList"]] == [2], "who is gone is not described"


def test_a_road_that_leads_away_has_no_number_unless_the_site_says_one() -> None:
    road = OnRoad(_tracks([RoadUser.CAR]), [LanePlace("north_out", 1, None)], [])
    (user,) = _as_sent("participant", _build(road))["ptcList"]
    assert ("linkId" in user, user["laneId"]) == (False, "1")


def _flow(seconds: int) -> LaneFlow:
    return LaneFlow(
        link="north",
        lane=1,
        start_ns=NOW_NS - seconds * 1_000_000_000,
        end_ns=NOW_NS,
        volume=9,
        volume_by_kind={RoadUser.CAR: 5, RoadUser.TRUCK: 2, RoadUser.BUS: 1, RoadUser.BICYCLE: 1},
        mean_speed_mps=8.0,
        queue_length_m=31.26,
        queue_count=5,
        occupancy=0.3,
        volume_by_movement={"straight": 7, "right": 1},
        speed_85_mps=9.5,
        mean_length_m=5.5,
        space_occupancy=0.1212,
        density_per_m=0.025,
        headway_s=3.0,
        gap_s=2.4,
        stops=4,
        delay_s=12.345,
        green_s=25.0,
        congestion=1,
    )


def _period(seconds: int, **more: Any) -> RoadTraffic:
    flow = _flow(seconds)
    return RoadTraffic(TrafficPeriod(start_ns=flow.start_ns, end_ns=flow.end_ns, lanes=[flow], **more))


@pytest.mark.parametrize(("seconds", "code"), [(1, 2), (5, 3), (60, 4), (900, 5), (90, 6)])
def test_traffic_period(seconds: int, code: int) -> None:
    payload = _as_sent("traffic", traffic.build(BOX, NOW_NS, _period(seconds)))
    assert (payload["periodTime"], payload["duration"]) == (code, seconds)


def test_a_signal_cycle_is_a_period_of_its_own_kind() -> None:
    assert traffic.build(BOX, NOW_NS, _period(60, cycle=True))["periodTime"] == 1


def test_traffic_per_lane() -> None:
    (lane,) = _as_sent("traffic", traffic.build(BOX, NOW_NS, _period(60)))["laneFlowData"]
    extended = lane.pop("extended")
    assert lane == {
        "branchId": "north",
        "laneId": "1",
        "laneFlow": [1, 3],  # straight and right are allowed
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
        link="north", movement="left", volume=3, volume_by_kind={RoadUser.CAR: 3}, queue_length_m=14.04, queue_count=2,
        delay_s=None,
    )  # fmt: skip
    spot = SpotFlow(
        name="far", volume=2, volume_by_kind={RoadUser.CAR: 2}, mean_speed_mps=9.0, occupancy=0.25, mean_count=0.3
    )
    period = _period(60, directions=[way], loops=[spot])
    payload = _as_sent("traffic", traffic.build(BOX, NOW_NS, period))
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
    bare = traffic.build(_standard(extensions=False), NOW_NS, period)
    assert "loopFlowData" not in bare
    assert "extended" not in json.dumps(bare)


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
    assert phases.phase_id(ToldLamp(1, angle, lamp_type, []), taken=()) == phase


def _signal(*reported: Lamp, shown: bool = True, ok: bool = True, **ahead: Any) -> SignalLamps:
    state = SignalState(device="signal", stamp_ns=NOW_NS, receipt_ns=NOW_NS, lamps=list(reported))
    return telling.lamps(state, {int(name[1:]): steps for name, steps in ahead.items()}, NOW_NS, shown, ok)


def _lamp(signal: SignalLamps) -> dict[str, Any]:
    return _as_sent("lamp", lamps.build(BOX, NOW_NS, signal))


def _phases(payload: dict[str, Any]) -> dict[str, list[int]]:
    """Return phaseId -> now, seconds, next, seconds, the one after, seconds."""
    keys = ["lightStatus", "countDown", "lightStatusNext", "nextCountDown", "lightStatusNextNext", "nextNextCountDown"]
    return {lamp["phaseId"]: [lamp[key] for key in keys] for lamp in payload["lampRealInfos"]}


S = 1_000_000_000


def test_lamp_report() -> None:
    green = [("green", NOW_NS - S, NOW_NS + 11 * S + 1), ("yellow", NOW_NS + 11 * S + 1, NOW_NS + 14 * S + 1)]
    red = [("red", NOW_NS + 14 * S + 1, NOW_NS + 54 * S + 1)]
    payload = _lamp(
        _signal(
            Lamp(3, 90, 8, "red", None),
            Lamp(4, 90, 8, "red", 0.0),
            Lamp(2, 90, 4, "green", 12.0),
            Lamp(1, 90, 1, "green", 11.2),
            Lamp(5, 180, 4, "green", 3.0),
            _1=[*green, *red],
            _3=[("red", NOW_NS - S, None)],
        )
    )
    assert {key: payload[key] for key in payload if key != "lampRealInfos"} == {
        "signalControllerStamp": 1_700_000_000_123,
        "rscuSn": "RSCU-1",
        "cityCode": "440300",
        "regionId": "440304",
        "crossId": "C7",
        "crossRealStatus": 0,
        "number": 2,
    }
    assert {lamp["dataSource"] for lamp in payload["lampRealInfos"]} == {2}
    assert _phases(payload) == {
        "1": [6, 12, 7, 3, 3, 40],  # the arrow goes before the round lamp; its plan is known
        "11": [5, 3, 0, 0, 0, 0],
        "241": [3, 0, 0, 0, 0, 0],  # red, nobody knows how long
        "242": [3, 1, 0, 0, 0, 0],  # a known countdown is never 0: that says unknown
    }


def test_a_lamp_that_is_not_known_says_so() -> None:
    lamp = Lamp(1, 90, 1, "green", 11.2)
    assert _phases(_lamp(_signal(lamp, _1=[]))) == {"1": [0] * 6}
    assert _phases(_lamp(_signal(lamp, shown=False, _1=[("green", NOW_NS, NOW_NS + S)]))) == {"1": [0] * 6}
    assert _phases(_lamp(_signal(lamp, shown=False))) == {"1": [0] * 6}


@pytest.mark.parametrize(("shown", "ok", "status"), [(True, True, 0), (True, False, 2), (False, False, 1)])
def test_the_status_of_the_signal(shown: bool, ok: bool, status: int) -> None:
    assert _lamp(_signal(shown=shown, ok=ok))["crossRealStatus"] == status


def test_a_controller_that_has_said_nothing_is_a_fault_without_lamps() -> None:
    payload = _lamp(telling.lamps(None, {1: []}, NOW_NS, shown=False, ok=False))
    assert (payload["crossRealStatus"], payload["lampRealInfos"], payload["number"]) == (1, [], 0)


def test_the_mode_of_control_is_not_invented() -> None:
    assert "controlMode" not in _lamp(_signal(Lamp(1, 90, 1, "green", 11.2)))


def test_every_colour_has_a_light_status() -> None:
    statuses = [_phases(_lamp(_signal(Lamp(1, 0, 4, colour, None))))["31"][0] for colour in COLOURS]
    assert statuses == [0, 1, 3, 7, 5, 2, 8, 4]


DEVICES = [
    ToldDevice(name="cam", modality=CAMERA, ok=True),
    ToldDevice(name="rad", modality=RADAR, ok=False, fault="no data", fault_ns=NOW_NS - 2_000_000_000),
    ToldDevice(name="signal", modality=SIGNAL, ok=True),
    ToldDevice(name="radio", modality=V2X, ok=True),
    ToldDevice(name="gnss", modality=GNSS, ok=False, fault="port gone"),
]
HEALTHY = DeviceStates([device for device in DEVICES if device.ok])


def test_basic_status() -> None:
    payload = _as_sent("basic-status", status.basic(BOX, NOW_NS, DeviceStates(DEVICES)))
    assert (payload["deviceType"], payload["active"], payload["transProtocal"]) == (0, 0, "MQTT")
    assert (payload["latitude"], payload["longitude"], payload["elevation"]) == (22.5431, 114.0579, 12.0)
    assert payload["rsulist"] == [{"rsuSn": "RSU-1", "deviceType": 1}]
    assert payload["sensorNum"] == 3
    assert "supplier" not in payload
    assert payload["rscuStatus"] == 1, "something of it does not work"
    healthy = status.basic(BOX, NOW_NS, HEALTHY)
    assert healthy["rscuStatus"] == 0


def test_run_status_tells_what_does_not_work() -> None:
    payload = _as_sent("run-status", status.run(_standard(fault_types={"gnss": 6}), NOW_NS, DeviceStates(DEVICES)))
    assert payload["rscuStatus"] == 1
    assert payload["rsuStatusList"] == [{"rsuSn": "RSU-1", "deviceType": 1, "status": 0, "active": 0}]
    assert payload["sensorStatusList"] == [
        {"sensorSn": "cam", "deviceType": 2, "status": 0, "active": 0},
        {"sensorSn": "rad", "deviceType": 3, "status": 1, "active": 1},
        {"sensorSn": "signal", "deviceType": 5, "status": 0, "active": 0},
    ]
    assert payload["faultList"] == [
        {
            "deviceSn": "rad",
            "deviceType": 3,
            "faultType": 1,
            "faultTime": 1_699_999_998_123.0,
            "faultDescription": "no data",
        },
        {"deviceSn": "gnss", "deviceType": 0, "faultType": 6, "faultDescription": "port gone"},
    ]


def test_a_healthy_box_reads_as_healthy() -> None:
    payload = _as_sent("run-status", status.run(BOX, NOW_NS, HEALTHY))
    states = [payload, *payload["rsuStatusList"], *payload["sensorStatusList"]]
    assert {state.get("rscuStatus", state.get("status")) for state in states} == {0}
    assert {state["active"] for state in states} == {0}
    assert payload["faultList"] == []


def test_a_fault_for_which_no_number_is_printed_has_none() -> None:
    payload = status.run(BOX, NOW_NS, DeviceStates(DEVICES))
    assert "faultType" not in _as_sent("run-status", payload)["faultList"][1]


def test_what_the_uplink_itself_says_fits_too() -> None:
    _as_sent("run-status", status.given_up("RSCU-1", NOW_NS, "records 1..2 were given up"))
    _as_sent("basic-status", status.presence("RSCU-1", NOW_NS, online=False))
