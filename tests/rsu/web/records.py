"""The records of a daemon at work: messages, devices, recorder, uplink, processes."""

from __future__ import annotations

import msgspec

from hw.modality import CAMERA, GNSS, RADAR, SIGNAL, V2X, Modality
from rsu.bus.records import Processes, ProcessView, RecorderState, RecordingView, UplinkState
from rsu.bus.snapshot import DeviceView, MessageState

ARMS = ("north", "east", "south", "west")


def messages(frames: int) -> list[MessageState]:
    return [
        MessageState("bsm", "silent", ["switched-off"], 0.0, 0),
        MessageState("map", "send", [], 1.0, frames // 10),
        MessageState("rsm", "degraded", ["sensor-lost"], 10.0, 3 * frames),
        MessageState("spat", "send", [], 10.0, frames),
        MessageState("rsi", "send", [], 5.0, frames // 2),
    ]


def devices(frames: int) -> list[DeviceView]:
    def view(name: str, kind: str, modality: Modality, rate_hz: float, age_ms: int, **counters: int) -> DeviceView:
        return DeviceView(name, kind, "ok", rate_hz, age_ms, counters, None, modality=modality)

    west = view("camera-west", "camera", CAMERA, 0.0, 12_400 + 100 * frames, reconnects=4)
    return [
        *(view(f"camera-{arm}", "camera", CAMERA, 10.0, 38 + i) for i, arm in enumerate(ARMS[:3])),
        msgspec.structs.replace(west, state="lost", error="Connection refused"),
        *(view(f"radar-{arm}", "ti-mmwave", RADAR, 20.0, 21, checksum=3) for arm in ARMS),
        view("gnss", "gnss", GNSS, 10.0, 61),
        view("radio", "radio-agent", V2X, 132.4, 4),
        view("signal", "gat1743", SIGNAL, 1.0, 540, duplicate=17),
    ]


def recorder(stamp_ns: int) -> RecorderState:
    names = [f"20261123T0{hour}0000.000Z-a1b2c3d4.mcap" for hour in (3, 2, 1)]
    kinds = [("open", ""), ("event", "event 903"), ("plain", "")]
    shelf = [
        RecordingView(name, kind, stamp_ns - age * 600_000_000_000, 42_000_000, why)
        for age, (name, (kind, why)) in enumerate(zip(names, kinds, strict=True))
    ]
    return RecorderState(stamp_ns, "recording", names[0], 42_000_000, 3, 0, None, 126_000_000, 19 << 30, shelf)


def uplink(stamp_ns: int, frames: int) -> UplinkState:
    return UplinkState(stamp_ns, True, "mqtt://127.0.0.1:1883", 11 * frames, 11 * frames - 23, 23, {}, None)


def processes(stamp_ns: int, seconds: float) -> Processes:
    rows = [ProcessView("station", "running", 4711, 0, 0.31 * seconds, 142.0, 143.5, 250, None)]
    rows += [ProcessView("uplink", "running", 4712, 1, 0.04 * seconds, 61.2, 63.0, 150, "signal 9")]
    rows += [ProcessView("web", "running", 4713, 0, 0.02 * seconds, 58.0, 58.1, 200, None)]
    return Processes(stamp_ns, "bench", rows)
