"""Emulated devices that send their road users as JSON: a radar on a broker, a unit of radar and video, a camera.

The radar's keys are those of roadside radars of OpenV2X, the unit's those of ISAPI's radarVideoDetection (with a
number plate, which no part of the product may read), the camera's a maker's of the bench's own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, ClassVar

import numpy as np

from perception.objects import RoadUser
from sim.bench import Bench, LinkedSpec
from sim.damage import ON_THE_WAY, TURNED, Damage, turned
from sim.emulator import Emulator, Write, generator
from sim.frames import WorldFrame
from sim.geo_targets import GeoTargets
from sim.sensing import TargetNumbers, noisy, polar, to_sensor, visible

PERIOD_NS = 100_000_000
RANGE_SD, AZIMUTH_SD = 0.3, np.radians(0.3)
BEIJING = timezone(timedelta(hours=8))
OTHER_VERSION = {"other-version": "names its list otherwise"}
STUCK = {"stuck-clock": "its clock stands in 2015"}
STUCK_NS = 1_420_070_400 * 10**9


class JsonDevice(Emulator):
    """One device; its kind makes the messages."""

    FAULTS: ClassVar[Mapping[str, str]] = ON_THE_WAY | TURNED | OTHER_VERSION | STUCK
    period_ns = PERIOD_NS

    def __init__(self, name: str, spec: LinkedSpec, bench: Bench) -> None:
        self.phase_ns = round(spec.phase_ms * 1e6)
        self._name, self._seed, self._bench, self._spec = name, bench.seed, bench, spec
        self._stands = {None: spec, "turned": turned(spec)}
        self._numbers, self._damage = TargetNumbers(), Damage()
        self._targets = GeoTargets(name, spec, bench)

    def received(self, port: str, data: bytes, now_ns: int) -> list[Write]:
        """Take answers as they are."""
        return []

    def capture(self, number: int, frame: WorldFrame) -> list[Write]:
        """Return one message."""
        stamp_ns = STUCK_NS if self.fault == "stuck-clock" else frame.stamp_ns
        content = self.message(number, frame, stamp_ns)
        if self.fault == "other-version":
            content = {f"{key}_v2" if isinstance(value, list | dict) else key: value for key, value in content.items()}
        data = self.framed(json.dumps(content).encode())
        writes = [Write("link", data, round(self._spec.latency_ms * 1e6))]
        return self._damage.done(self.fault, writes, generator(self._seed, self._name, number))

    def message(self, number: int, frame: WorldFrame, stamp_ns: int) -> dict[str, Any]:
        """Return the message of one capture."""
        raise NotImplementedError

    def framed(self, text: bytes) -> bytes:
        """Return a message as it is on the wire."""
        return text + b"\n"

    def _places(self, number: int, frame: WorldFrame) -> list[tuple[int, int, float, float]]:
        """Return (row, number, forward m, left m) of the road users that are seen."""
        spec, rng = self._stands.get(self.fault) or self._spec, generator(self._seed, self._name, number)
        rows = visible(frame, spec)
        true = to_sensor(spec.mount, frame.position_m[rows] - [spec.mount.east_m, spec.mount.north_m])
        away = polar(true).distance_m
        place = noisy(rng, true, np.full(len(rows), RANGE_SD), away * AZIMUTH_SD)
        keys = self._numbers.of(frame.id[rows], frame.stamp_ns)
        return [
            (int(row), int(key), round(float(x), 2), round(float(y), 2))
            for row, key, (x, y) in zip(rows, keys, place, strict=True)
        ]


class EmulatedJsonRadar(JsonDevice):
    """A track radar that publishes on a broker."""

    def message(self, number: int, frame: WorldFrame, stamp_ns: int) -> dict[str, Any]:
        """Return a list of targets by longitude and latitude."""
        spec = self._stands.get(self.fault) or self._spec
        targets = [
            {
                "acceleration": 0.0, "confidenceLevel": one.confidence, "headingAngle": round(one.heading_deg, 2),
                "height": 0.0, "laneNo": 1, "latitude": one.latitude_deg, "longitude": one.longitude_deg, "rcs": 0,
                "speed": round(one.speed_kmh, 3), "targetHeight": one.size_m[2], "targetId": one.id,
                "targetLength": one.size_m[0], "targetType": 3 if one.is_car else 1, "targetWidth": one.size_m[1],
            }
            for one in self._targets.of(number, frame, spec)
        ]  # fmt: skip
        return {"timeStamp": str(stamp_ns // 10**6), "number": len(targets), "deviceId": "BENCH", "targets": targets}

    def framed(self, text: bytes) -> bytes:
        """Return the message alone: the broker keeps messages apart."""
        return text


class EmulatedRadarVideo(JsonDevice):
    """A unit of radar and video that posts to its host."""

    def message(self, number: int, frame: WorldFrame, stamp_ns: int) -> dict[str, Any]:
        """Return one detection event; every twentieth is a heartbeat."""
        when = datetime.fromtimestamp(stamp_ns / 1e9, BEIJING).isoformat(timespec="milliseconds")
        head = {"ipAddress": "192.0.2.60", "portNo": 8000, "protocol": "HTTP", "channelID": 1, "dateTime": when}
        head |= {"eventType": "radarVideoDetection", "eventState": "active" if number % 20 else "inactive"}
        seen = [self._target(frame, *each) for each in self._places(number, frame)] if number % 20 else []
        return head | {"Datas": seen}

    def framed(self, text: bytes) -> bytes:
        """Return a request with one part."""
        part = b'Content-Disposition: form-data; name="jsondata.json"\r\nContent-Type: application/json\r\n'
        part += b"Content-Length: %d\r\n\r\n" % len(text)
        body = b"--bench\r\n" + part + text + b"\r\n--bench--\r\n"
        head = b"POST /events HTTP/1.1\r\nHost: box\r\nContent-Type: multipart/form-data; boundary=bench\r\n"
        return head + b"Content-Length: %d\r\n\r\n" % len(body) + body

    def _target(self, frame: WorldFrame, row: int, key: int, x: float, y: float) -> dict[str, Any]:
        human = frame.kind[row] == RoadUser.PEDESTRIAN
        return {
            "targetID": key, "targetType": "human" if human else "vehicle", "vehicleSize": "light",
            "plateNo": "粤B00000", "laneNo": 1, "position": [-y, x], "speed": 36, "radarDirection": 0,
        }  # fmt: skip


class EmulatedMappedCamera(JsonDevice):
    """A camera with keys of its own: class names, percents, kilometres an hour, seconds."""

    NAMES: ClassVar[Mapping[int, str]] = {
        RoadUser.CAR: "veh_s", RoadUser.TRUCK: "veh_l", RoadUser.BUS: "veh_l", RoadUser.PEDESTRIAN: "ped",
    }  # fmt: skip

    def message(self, number: int, frame: WorldFrame, stamp_ns: int) -> dict[str, Any]:
        """Return one frame."""
        return {
            "ts": stamp_ns / 1e9,
            "data": {"trk": [self._seen(frame, *each) for each in self._places(number, frame)]},
        }

    def _seen(self, frame: WorldFrame, row: int, key: int, x: float, y: float) -> dict[str, Any]:
        forward, left = map(float, to_sensor(self._spec.mount, frame.velocity_mps[row : row + 1])[0])
        length, width = map(float, frame.size_m[row, :2])
        name = self.NAMES.get(int(frame.kind[row]), "?")
        speed = {"fwd": round(forward * 3.6, 1), "right": round(-left * 3.6, 1)}
        return {
            "no": f"T{key}",
            "cls": name,
            "p": 87,
            "pos": {"fwd": x, "right": -y},
            "kmh": speed,
            "lw": [length, width],
        }
