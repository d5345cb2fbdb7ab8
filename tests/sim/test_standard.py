"""The bench platform's transcription of T/ITS 0180.1: fitting payloads pass, each single mistake is named."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.standard import TABLES, faults

MS = 1_795_000_000_000
USER = {
    "timestamp": MS, "ptcType": 1, "ptcId": 7, "vehicleClass": 1, "vehicleStatus": 0, "sourceType": 3, "crossId": "10",
    "linkId": 11, "laneId": "2", "longitude": 114.05, "latitude": 22.54, "positionConfidence": 7, "status": 2,
    "speed": 5.0, "speedConfidence": 4, "heading": 36.87, "headingConfidence": 2, "length": 4.5, "width": 1.8,
}  # fmt: skip
LAMP = {"phaseId": "1", "lightStatus": 6, "countDown": 12, "lightStatusNext": 7, "nextCountDown": 3,
        "lightStatusNextNext": 3, "nextNextCountDown": 40, "dataSource": 2}  # fmt: skip
HEAD = {"timeStamp": MS, "rscuSn": "R"}
NUMBERS = {"bootId": "b1", "seqNum": 3, "ack": True}
GOOD: dict[str, dict[str, Any]] = {
    "basic-status": HEAD | NUMBERS | {
        "deviceType": 0, "active": 0, "rscuStatus": 0, "latitude": 22.54, "longitude": 114.05, "elevation": 12.0,
        "roadId": 4, "crossId": "10", "linkId": 11, "rsuNum": 1, "rsulist": [{"rsuSn": "RSU", "deviceType": 1}],
        "sensorNum": 1, "sensorlist": [{"sensorSn": "cam", "deviceType": 2}],
    },
    "run-status": HEAD | NUMBERS | {
        "active": 0, "rscuStatus": 1, "rsuStatusList": [{"rsuSn": "RSU", "deviceType": 1, "status": 0, "active": 0}],
        "sensorStatusList": [{"sensorSn": "cam", "deviceType": 2, "status": 1, "active": 1}],
        "faultList": [{"deviceSn": "cam", "deviceType": 2, "faultType": 0, "faultTime": MS + 0.0}],
    },
    "participant": HEAD | NUMBERS | {"ptcList": [USER]},
    "event": HEAD | NUMBERS | {"eventList": [
        {"eventId": 1, "eventType": 903, "sourceType": 1, "startTime": MS, "endTime": MS, "longitude": 114.05,
         "latitude": 22.54, "priority": "3", "eventConfidence": 0.9, "referenceLanes": "2", "ptcList": [USER]},
    ]},
    "traffic": HEAD | NUMBERS | {
        "periodTime": 4, "startTime": MS - 60_000, "endTime": MS, "duration": 60, "crossId": "10",
        "directionFlowData": [{"branchId": "north", "flowType": 2, "queueLength": 14.0, "trafficNumber": 3}],
        "laneFlowData": [{"branchId": "north", "laneId": "1", "laneFlow": [1, 3], "congestionLevel": 0,
                          "extended": {"Volume": 540}}],
        "loopFlowData": [{"name": "far", "trafficNumber": 2}],
    },
    "lamp": NUMBERS | {"signalControllerStamp": MS, "rscuSn": "R", "cityCode": "440300", "regionId": "440304",
                       "crossId": "10", "crossRealStatus": 0, "number": 4, "lampRealInfos": [LAMP]},
}  # fmt: skip
TABLE_22 = {"timeStamp": MS, "rscuSn": "R", "cityName": "Shenzhen", "regionId": "440304", "crossId": "10", "status": 1,
            "controlMode": 2, "Lamplist": [{}]}  # fmt: skip
GONE = object()

MISTAKES: list[tuple[str, str, object, str]] = [  # kind, place, the wrong value there, the name in the finding
    ("basic-status", "timeStamp", GONE, "timeStamp: is missing"),
    ("basic-status", "timeStamp", MS // 1000, "timeStamp: expected Integer"),
    ("basic-status", "timeStamp", str(MS), "timeStamp: expected Integer"),
    ("basic-status", "timeStamp", float(MS), "timeStamp: expected Integer"),
    ("basic-status", "lat", 22.5, "lat: is not in the standard"),
    ("basic-status", "linkId", "north", "linkId: expected Integer"),
    ("basic-status", "crossId", 10, "crossId: expected String"),
    ("basic-status", "rscuStatus", 2, "rscuStatus: expected one of 0, 1"),
    ("basic-status", "rscuStatus", True, "rscuStatus: expected one of 0, 1"),
    ("basic-status", "ack", 1, "ack: expected Boolean"),
    ("basic-status", "seqNum", "3", "seqNum: expected Integer"),
    ("basic-status", "sensorNum", 2, "sensorNum: expected as many as sensorlist has"),
    ("basic-status", "sensorlist.0.deviceType", 0, "sensorlist[].deviceType: expected one of 2"),
    ("run-status", "active", GONE, "active: is missing"),
    ("run-status", "sensorStatusList.0.status", 2, "sensorStatusList[].status: expected one of 0, 1"),
    ("run-status", "faultList.0.faultType", "lost", "faultList[].faultType: expected Integer"),
    ("run-status", "faultList.0.faultTime", MS / 1000, "faultList[].faultTime: expected Double"),
    ("run-status", "faultList.0", 7, "faultList[]: expected an object"),
    ("participant", "ptcList", {}, "ptcList: expected a list"),
    ("participant", "ptcList.0.ptcId", 0, "ptcList[].ptcId: expected Integer 1..65534"),
    ("participant", "ptcList.0.ptcId", 65535, "ptcList[].ptcId: expected Integer 1..65534"),
    ("participant", "ptcList.0.laneId", 2, "ptcList[].laneId: expected String"),
    ("participant", "ptcList.0.vehicleClass", 7, "ptcList[].vehicleClass: expected one of 0"),
    ("participant", "ptcList.0.positionConfidence", 2.45, "ptcList[].positionConfidence: expected Integer 0..15"),
    ("participant", "ptcList.0.heading", 360.0, "ptcList[].heading: expected Double 0..below 360"),
    ("participant", "ptcList.0.latitude", 114.05, "ptcList[].latitude: expected Double -90..90"),
    ("participant", "ptcList.0.speed", float("nan"), "ptcList[].speed: expected Double"),
    ("participant", "ptcList.0.lat", 22.5, "ptcList[].lat: is not in the standard"),
    ("participant", "ptcList.1", USER, "ptcList: expected every ptcId once"),
    ("event", "eventList.0.eventId", "1", "eventList[].eventId: expected Integer"),
    ("event", "eventList.0.priority", 3, "eventList[].priority: expected String"),
    ("event", "eventList.0.referenceLanes", [2], "eventList[].referenceLanes: expected String"),
    ("event", "eventList.0.ptcList", [7], "eventList[].ptcList[]: expected an object"),
    ("event", "eventList.0.endTime", MS - 1, "eventList[].endTime: expected not before startTime"),
    ("traffic", "periodTime", 7, "periodTime: expected Integer 1..6"),
    ("traffic", "laneFlowData.0.laneFlow", 9, "laneFlowData[].laneFlow: expected a list"),
    ("traffic", "laneFlowData.0.laneFlow", [5], "laneFlowData[].laneFlow[]: expected one of 1, 2, 3, 4"),
    ("traffic", "laneFlowData.0.laneFlow", GONE, "laneFlowData[].laneFlow: is missing"),
    ("traffic", "directionFlowData.0.flowType", 0, "directionFlowData[].flowType: expected one of 1, 2, 3, 4"),
    ("traffic", "endTime", MS - 60_001, "endTime: expected not before startTime"),
    ("lamp", "lamps", [], "lamps: is not in the standard"),
    ("lamp", "cityName", "Shenzhen", "cityName: is not in the standard"),
    ("lamp", "controlMode", 2, "controlMode: expected one of 11"),
    ("lamp", "regionId", "1", "regionId: expected String [0-9]{6}"),
    ("lamp", "crossRealStatus", 3, "crossRealStatus: expected one of 0, 1, 2"),
    ("lamp", "lampRealInfos.0.phaseId", 1, "lampRealInfos[].phaseId: expected String of a phase"),
    ("lamp", "lampRealInfos.0.phaseId", "41", "lampRealInfos[].phaseId: expected String of a phase"),
    ("lamp", "lampRealInfos.0.countDown", GONE, "lampRealInfos[].countDown: is missing"),
    ("lamp", "lampRealInfos.0.countDown", 11.5, "lampRealInfos[].countDown: expected Integer"),
    ("lamp", "lampRealInfos.0.lightStatus", 9, "lampRealInfos[].lightStatus: expected Integer 0..8"),
    ("lamp", "lampRealInfos.1", LAMP, "lampRealInfos: expected every phaseId once"),
]


def _with(record: dict[str, Any], where: str, value: object) -> dict[str, Any]:
    """Return a copy of a record with another value at a place."""
    changed = copy.deepcopy(record)
    *path, last = [int(part) if part.isdecimal() else part for part in where.split(".")]
    place: Any = changed
    for step in path:
        place = place[step]
    if value is GONE:
        del place[last]
    elif isinstance(place, list) and last == len(place):
        place.append(value)
    else:
        place[last] = value
    return changed


@pytest.mark.parametrize("kind", TABLES)
def test_what_fits_passes(kind: str) -> None:
    assert faults(kind, GOOD[kind]) == []


def test_the_form_of_table_22_passes_too() -> None:
    assert faults("lamp", TABLE_22) == []
    assert [fault.reason for fault in faults("lamp", TABLE_22 | {"controlMode": 21})] == [
        "controlMode: expected Integer 1..9"
    ]


@pytest.mark.parametrize(("kind", "where", "value", "named"), MISTAKES)
def test_one_mistake_is_named_once(kind: str, where: str, value: object, named: str) -> None:
    (fault,) = faults(kind, _with(GOOD[kind], where, value))
    assert fault.reason.startswith(named)


def test_a_kind_without_a_topic() -> None:
    assert [str(fault) for fault in faults("weather", {})] == [": no topic of the standard is called weather/up"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*HEAD, "ptcList", "lampRealInfos", "startTime", "ptcId", "x"]), inner)
    ),
    max_leaves=10,
)


@given(st.sampled_from(sorted(TABLES)), json_values)
def test_any_json_is_judged(kind: str, value: object) -> None:
    assert all(fault.reason for fault in faults(kind, value))


@given(st.sampled_from(sorted(TABLES)), st.data())
def test_no_mandatory_key_can_go(kind: str, data: st.DataObject) -> None:
    mandatory = {key for key in GOOD[kind] if any(f.reason == f"{key}: is missing" for f in faults(kind, {}))}
    key = data.draw(st.sampled_from(sorted(mandatory)))
    record = {name: value for name, value in GOOD[kind].items() if name != key}
    assert f"{key}: is missing" in {fault.reason for fault in faults(kind, json.loads(json.dumps(record)))}
