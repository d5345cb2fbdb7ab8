"""T/ITS 0180.1-2021, tables 8 to 23 and annex B, as the bench's platform reads them: a transcription of its own.

Where the text prints no range, one stands here that no true value leaves. Agreements of the box and this platform
beside the standard stands in `_AGREED`: numbers for acknowledgements, records in parts, statistics of GA/T 1049.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sim.fields import Check, Fields, Misfit, both, code, flag, listed, real, table, text, whole

_ID = text("[A-Za-z0-9_-]{1,64}")
_NAME = text()
_SIX_DIGITS = text("[0-9]{6}")  # GB/T 2260
_MS = whole(1_500_000_000_000, 4_102_444_800_000)  # 2017 to 2100
_MS_REAL = real(1_500_000_000_000, 4_102_444_800_000)
_NUMBER = whole(0, 2**31 - 1)
_COUNT = whole(0, 100_000)
_LATITUDE, _LONGITUDE, _ELEVATION = real(-90, 90), real(-180, 180), real(-500, 9000)
_DEVICE = code(0, 1, 2, 3, 4, 5)
_STATUS, _ACTIVE = code(0, 1), code(0, 1)
_SOURCE = whole(0, 8)
_SPEED, _HEADING = real(0, 164), real(0, 360, open_end=True)
_ANY_LIST = listed(lambda _: iter(()))


def _anything(value: Any) -> Iterator[Misfit]:
    return iter(())


_AGREED: Fields = {
    "seqNum": whole(1, 2**62),
    "bootId": text("[0-9A-Za-z_-]{1,64}"),
    "partNum": whole(1, 10_000),
    "partSum": whole(2, 10_000),
}
_ASKED: Fields = {"ack": flag} | _AGREED
_HEAD: Fields = {"timeStamp": _MS, "rscuSn": _ID}


def _as_many(number: str, items: str) -> Check:
    """Return the check that a number is the length of a list, where both are there."""

    def check(record: Any) -> Iterator[Misfit]:
        there = record.get(items) if isinstance(record, dict) else None
        if isinstance(there, list) and record.get(number, len(there)) != len(there):
            yield Misfit(number, f"expected as many as {items} has, got {record[number]!r:.40}")

    return check


def _ends_after_start(record: Any) -> Iterator[Misfit]:
    start, end = (record.get("startTime"), record.get("endTime")) if isinstance(record, dict) else (None, None)
    if isinstance(start, int) and isinstance(end, int) and end < start:
        yield Misfit("endTime", "expected not before startTime")


def _once(key: str) -> Check:
    """Return the check that the items of a list differ in a key."""

    def check(items: Any) -> Iterator[Misfit]:
        if isinstance(items, list):
            values = [str(item.get(key)) for item in items if isinstance(item, dict) and key in item]
            if len(values) != len(set(values)):
                yield Misfit("", f"expected every {key} once")

    return check


_RSU = table({"rsuSn": _ID}, {"deviceType": code(1)})
_SENSOR = table({"sensorSn": _ID}, {"deviceType": code(2, 3, 4, 5)})
_BASIC_STATUS = both(
    table(  # tables 8 to 10
        {**_HEAD, "deviceType": _DEVICE, "active": _ACTIVE},
        {
            "regionId": _SIX_DIGITS, "roadId": _NUMBER, "roadName": _NAME, "roadType": _NUMBER,
            "crossId": _ID, "crossName": _NAME, "crossType": _NUMBER, "linkId": _NUMBER, "linkName": _NAME,
            "latitude": _LATITUDE, "longitude": _LONGITUDE, "elevation": _ELEVATION,
            "supplier": _NAME, "owner": _NAME, "protocolVersion": _NAME, "imei": _NAME, "iccId": _NAME,
            "rscuStatus": _STATUS, "transProtocal": _NAME, "softwareVersion": _NAME, "hardwareVersion": _NAME,
            "rsuNum": _COUNT, "rsulist": listed(_RSU), "sensorNum": _COUNT, "sensorlist": listed(_SENSOR), **_ASKED,
        },
    ),
    _as_many("rsuNum", "rsulist"),
    _as_many("sensorNum", "sensorlist"),
)  # fmt: skip

_STATE: Fields = {"deviceType": _DEVICE, "status": _STATUS, "active": _ACTIVE}
_FAULT = table(
    {"deviceSn": _ID, "deviceType": _DEVICE},
    {"faultType": _COUNT, "faultTime": _MS_REAL, "faultDescription": text(".{1,1000}")},
)
_RUN_STATUS = table(  # tables 11 to 14
    {**_HEAD, "active": _ACTIVE},
    {
        "rscuStatus": _STATUS,
        "rsuStatusList": listed(table({"rsuSn": _ID}, _STATE)),
        "sensorStatusList": listed(table({"sensorSn": _ID}, _STATE)),
        "faultList": listed(_FAULT),
        "firstSeqNum": whole(1, 2**62),  # agreed on: firstSeqNum..seqNum will never come
        **_ASKED,
    },
)

_YDT3709_CLASSES = (
    0,
    1,
    10,
    11,
    20,
    21,
    *range(25, 36),
    *range(40, 49),
    *range(50, 59),
    *range(60, 70),
    *range(80, 87),
    *range(90, 94),
)
_PARTICIPANT = table(  # table 16
    {"timestamp": _MS, "ptcType": whole(0, 5), "ptcId": whole(1, 65534), "longitude": _LONGITUDE,
     "latitude": _LATITUDE},
    {
        "vehicleClass": code(*{*range(7), *_YDT3709_CLASSES}), "vehicleStatus": whole(0, 5), "sourceType": _SOURCE,
        "crossId": _ID, "crossType": _NUMBER, "linkId": _NUMBER, "laneId": _ID, "elevation": _ELEVATION,
        "positionConfidence": whole(0, 15), "status": code(1, 2), "speed": _SPEED, "speedConfidence": whole(0, 7),
        "heading": _HEADING, "headingConfidence": whole(0, 7), "acceleration": real(-100, 100),
        "accelerationConfidence": whole(0, 7), "length": real(0, 50), "width": real(0, 10), "height": real(0, 10),
        "polygonPoint": _ANY_LIST, "tracking": whole(1, 65535), "pathHistory": _ANY_LIST, "pathPlanning": _ANY_LIST,
        "colour": _NAME, "license": _NAME, "brand": _NAME,
    },
)  # fmt: skip
_PARTICIPANTS = both(listed(_PARTICIPANT), _once("ptcId"))

_EVENT = both(
    table(  # table 18
        {"eventType": whole(0, 65535), "longitude": _LONGITUDE, "latitude": _LATITUDE},
        {
            "eventId": _NUMBER, "sourceType": _SOURCE, "crossId": _ID, "crossType": _NUMBER, "linkId": _NUMBER,
            "startTime": _MS, "endTime": _MS, "elevation": _ELEVATION, "speed": _SPEED, "heading": _HEADING,
            "priority": text(".{1,16}"), "eventConfidence": real(0, 1), "referenceLanes": text(),
            "ptcList": _PARTICIPANTS,
        },
    ),
    _ends_after_start,
)  # fmt: skip

_FLOW = code(1, 2, 3, 4)
_FIGURES: Fields = {"queueLength": real(0, 10_000), "queueCount": _COUNT, "trafficFlow": real(0, 100_000),
                    "trafficNumber": _COUNT, "wasteTime": real(0, 100_000)}  # fmt: skip
_SPOTS = listed(table({"name": _NAME, "trafficNumber": _COUNT}, {
    "volumeByClass": _anything, "speed": _SPEED, "occupancy": real(0, 1), "meanCount": real(0, 1000),
}))  # fmt: skip
_TRAFFIC = both(
    table(  # tables 19 to 21
        {**_HEAD, "periodTime": whole(1, 6), "startTime": _MS, "endTime": _MS},
        {
            "crossId": _ID, "linkId": _NUMBER, "duration": real(0, 100_000),
            "directionFlowData": listed(table({"branchId": _NAME, "flowType": _FLOW}, _FIGURES)),
            "laneFlowData": listed(table(
                {"branchId": _NAME, "laneId": _ID, "laneFlow": listed(_FLOW, 4)},
                {"congestionLevel": whole(0, 3), "extended": table({}, dict.fromkeys((
                    "Volume", "AvgVehLen", "Pcu", "HeadDistance", "HeadTime", "Speed", "Saturation", "Density",
                    "QueueLength", "Occupancy", "speed85", "spaceOccupancy", "gap", "stops", "volumeByClass",
                    "volumeByMovement"), _anything)), **_FIGURES},
            )),
            "loopFlowData": _SPOTS, "zoneFlowData": _SPOTS, **_ASKED,
        },
    ),
    _ends_after_start,
)  # fmt: skip

_PHASES = {*range(1, 41), *range(101, 141), *range(201, 281)}
_LIGHT, _SECONDS = whole(0, 8), whole(0, 3600)


def _phase(value: Any) -> Iterator[Misfit]:
    if type(value) is not str or re.fullmatch("[1-9][0-9]*", value) is None or int(value) not in _PHASES:
        yield Misfit("", f"expected String of a phase 1-40, 101-140, 201-280, got {value!r:.40}")


_LAMP_ANNEX_B = table(
    {
        "signalControllerStamp": _MS, "cityCode": _SIX_DIGITS, "regionId": _SIX_DIGITS, "crossId": _ID,
        "crossRealStatus": code(0, 1, 2),
    },
    {
        "rscuSn": _ID, "controlMode": code(11, 12, 13, 21, 22, 23, 31, 41, 51, 52, 53), "number": whole(0, 16),
        "direction": _HEADING, "confidence": real(0, 1), "period": _SECONDS, "cycleCountDown": _SECONDS,
        "lampRealInfos": both(listed(table({
            "phaseId": _phase, "lightStatus": _LIGHT, "countDown": _SECONDS, "lightStatusNext": _LIGHT,
            "nextCountDown": _SECONDS, "lightStatusNextNext": _LIGHT, "nextNextCountDown": _SECONDS,
            "dataSource": whole(0, 3),
        }, {})), _once("phaseId")),
        **_ASKED,
    },
)  # fmt: skip
_LAMP_TABLE_22 = table(
    {"timeStamp": _MS, "cityName": _NAME, "regionId": _SIX_DIGITS, "crossId": _ID},
    {
        "rscuSn": _ID, "crossName": _NAME, "longitude": _LONGITUDE, "latitude": _LATITUDE, "elevation": _ELEVATION,
        "status": whole(0, 3), "controlMode": whole(1, 9), "number": whole(0, 16), "direction": _HEADING,
        "confidence": real(0, 1), "Lamplist": _ANY_LIST, **_ASKED,
    },
)  # fmt: skip


def _lamp(record: Any) -> Iterator[Misfit]:
    annex_b = isinstance(record, dict) and "signalControllerStamp" in record
    return (_LAMP_ANNEX_B if annex_b else _LAMP_TABLE_22)(record)


TABLES: dict[str, Check] = {
    "basic-status": _BASIC_STATUS,
    "run-status": _RUN_STATUS,
    "participant": table({**_HEAD, "ptcList": _PARTICIPANTS}, _ASKED),
    "event": table({**_HEAD, "eventList": listed(_EVENT)}, _ASKED),
    "traffic": _TRAFFIC,
    "lamp": _lamp,
}


def faults(kind: str, record: object) -> list[Misfit]:
    """Return the faults of a record that came on `rscu/.../{kind}/up`; empty: none."""
    check = TABLES.get(kind)
    return [Misfit("", f"no topic of the standard is called {kind}/up")] if check is None else list(check(record))
