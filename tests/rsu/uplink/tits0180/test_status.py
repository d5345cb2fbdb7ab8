"""Payloads of the box's and its devices' state against T/ITS 0180.1-2021."""

from __future__ import annotations

from hw.modality import CAMERA, GNSS, RADAR, SIGNAL, V2X
from hw.vitals import VitalAlarm
from rsu.bus.told import DeviceStates, ToldDevice
from rsu.uplink.tits0180 import status
from tests.rsu.uplink.tits0180.made import BOX, NOW_NS, as_sent, box_of

LATE = VitalAlarm("device-late", NOW_NS - 1_000_000_000, "700 ms")
DEVICES = [
    ToldDevice(name="cam", modality=CAMERA, ok=True),
    ToldDevice(
        name="rad", modality=RADAR, ok=False, fault="no data", fault_ns=NOW_NS - 2_000_000_000, code="device-lost"
    ),
    ToldDevice(name="signal", modality=SIGNAL, ok=True, alarms=[LATE]),
    ToldDevice(name="radio", modality=V2X, ok=True),
    ToldDevice(name="gnss", modality=GNSS, ok=False, fault="port gone"),
]
HEALTHY = DeviceStates([device for device in DEVICES if device.ok and not device.alarms])


def test_basic_status() -> None:
    payload = as_sent("basic-status", status.basic(BOX, NOW_NS, DeviceStates(DEVICES)))
    assert (payload["deviceType"], payload["active"], payload["transProtocal"]) == (0, 0, "MQTT")
    assert (payload["latitude"], payload["longitude"], payload["elevation"]) == (22.5431, 114.0579, 12.0)
    assert payload["rsulist"] == [{"rsuSn": "RSU-1", "deviceType": 1}]
    assert payload["sensorNum"] == 3
    assert "supplier" not in payload
    assert payload["rscuStatus"] == 1, "something of it does not work"
    healthy = status.basic(BOX, NOW_NS, HEALTHY)
    assert healthy["rscuStatus"] == 0


def test_run_status_tells_what_does_not_work() -> None:
    payload = as_sent("run-status", status.run(box_of(fault_types={"gnss": 6}), NOW_NS, DeviceStates(DEVICES)))
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
            "faultDescription": "device-lost: a radar is lost (no data)",
        },
        {
            "deviceSn": "signal",
            "deviceType": 5,
            "faultTime": 1_699_999_999_123.0,
            "faultDescription": "device-late: data of a signal controller are old when they arrive (700 ms)",
        },
        {"deviceSn": "gnss", "deviceType": 0, "faultType": 6, "faultDescription": "port gone"},
    ]


def test_a_healthy_box_reads_as_healthy() -> None:
    payload = as_sent("run-status", status.run(BOX, NOW_NS, HEALTHY))
    states = [payload, *payload["rsuStatusList"], *payload["sensorStatusList"]]
    assert {state.get("rscuStatus", state.get("status")) for state in states} == {0}
    assert {state["active"] for state in states} == {0}
    assert payload["faultList"] == []


def test_a_fault_for_which_no_number_is_printed_has_none() -> None:
    payload = status.run(BOX, NOW_NS, DeviceStates(DEVICES))
    assert "faultType" not in as_sent("run-status", payload)["faultList"][2]


def test_what_the_uplink_itself_says_fits_too() -> None:
    as_sent("run-status", status.given_up("RSCU-1", NOW_NS, "records 1..2 were given up"))
    as_sent("basic-status", status.presence("RSCU-1", NOW_NS, online=False))
