"""The emulated smart camera: JSON lines (`hw/camera.py`), positions on the road, ten frames a second.

Errors, 1 sigma: 0.3 m + 1 % of the range along the line of sight, 0.15 m + 0.3 % across it. One road user in fifty is
taken for another class; small and far ones are missed more often; a false alarm comes every five seconds or so.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from perception.objects import Floats, Ints, RoadUser
from sim.bench import Bench, CameraSpec
from sim.damage import ON_THE_WAY, TURNED, Damage, ghosts, turned
from sim.emulator import Emulator, Write, generator
from sim.frames import WorldFrame
from sim.sensing import TargetNumbers, false_alarms, noisy, polar, to_sensor, visible

PERIOD_NS = 100_000_000
ALONG_M, ALONG_SHARE = 0.3, 0.01
ACROSS_M, ACROSS_SHARE = 0.15, 0.003
MISSED_NEAR, MISSED_FAR = 0.02, 0.10  # of the frames, at no distance and in addition at full range
SMALL_FACTOR = 2.0  # how much more often two-wheelers and pedestrians are missed
CONFUSED = 0.02
FALSE_ALARMS = 0.02  # a frame
SIZE_SHARE = 0.06  # error of length, width and height, 1 sigma
SMALL = (RoadUser.MOTORCYCLE, RoadUser.BICYCLE, RoadUser.PEDESTRIAN)
CONFIDENCE = (0.95, 0.3)  # near, less at full range


HTTP = b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\r\n<html><body>400</body></html>\r\n"
STORM = 256  # objects a frame
STUCK_MS = 1_420_070_400_000.0  # 2015-01-01


class EmulatedCamera(Emulator):
    """One camera."""

    FAULTS: ClassVar[Mapping[str, str]] = (
        ON_THE_WAY
        | TURNED
        | {
            "frozen": "sends the same objects again under new numbers and times",
            "clock-jump": "its clock is 2 s ahead for 5 s, then 2 s behind for 5 s",
            "clock-stuck": "its clock stands in 2015",
            "clock-ahead": "its clock is 55 ms ahead",
            "other-json": "sends JSON of another format",
            "http-400": "answers like a web server",
            "storm": "sends 256 objects a frame, anywhere",
        }
    )
    period_ns = PERIOD_NS

    def __init__(self, name: str, spec: CameraSpec, bench: Bench) -> None:
        self.phase_ns = round(spec.phase_ms * 1e6)
        self._name = name
        self._stands = {None: spec, "turned": turned(spec)}
        self._seed = bench.seed
        self._numbers = TargetNumbers()
        self._damage = Damage()
        self._frozen: list[dict[str, object]] = []

    @property
    def _spec(self) -> CameraSpec:
        return self._stands.get(self.fault) or self._stands[None]

    def capture(self, number: int, frame: WorldFrame) -> list[Write]:
        """Return the line that tells of one image."""
        rng = generator(self._seed, self._name, number)
        rows = self._seen(rng, frame)
        position = self._in_sensor(frame.position_m[rows])
        objects = self._objects(rng, frame, rows, position, self._numbers.of(frame.id[rows], frame.stamp_ns))
        for alarm in false_alarms(rng, self._spec, FALSE_ALARMS):
            kind = RoadUser(int(rng.integers(1, len(RoadUser))))
            objects.append({"class": kind.name.lower(), "confidence": 0.4, "position": alarm.round(2).tolist()})
        line = {"v": 1, "camera": self._name, "seq": number, "time": frame.stamp_ns / 1e6, "objects": objects}
        said = HTTP if self.fault == "http-400" else _packed(self._faulty(line, rng))
        return self._damage.done(self.fault, [Write("link", said, round(self._spec.latency_ms * 1e6))], rng)

    def _faulty(self, line: dict[str, Any], rng: np.random.Generator) -> dict[str, Any]:
        """Return the lines that leave for a line, by the camera's present fault."""
        self._frozen = (self._frozen or line["objects"]) if self.fault == "frozen" else []
        time_ms = float(line["time"])
        if self.fault == "frozen":
            return line | {"objects": self._frozen}
        if self.fault == "storm":
            return line | {
                "objects": [{"class": "car", "position": at} for at in ghosts(rng, self._spec, STORM).tolist()]
            }
        if self.fault == "other-json":
            return {"frame": line["seq"], "ts": time_ms, "detections": [{"cls": 2, **each} for each in line["objects"]]}
        if self.fault == "clock-stuck":
            return line | {"time": STUCK_MS}
        off_ms = {"clock-ahead": 55.0, "clock-jump": 2000.0 if time_ms % 10_000 < 5000 else -2000.0}
        return line | {"time": time_ms + off_ms.get(self.fault or "", 0.0)}

    def received(self, port: str, data: bytes, now_ns: int) -> list[Write]:
        """Ignore all that the host says."""
        return []

    def _in_sensor(self, position: Floats) -> Floats:
        return to_sensor(self._spec.mount, position - [self._spec.mount.east_m, self._spec.mount.north_m])

    def _seen(self, rng: np.random.Generator, frame: WorldFrame) -> Ints:
        rows = visible(frame, self._spec)
        share = polar(self._in_sensor(frame.position_m[rows])).distance_m / self._spec.range_m
        missed = (MISSED_NEAR + MISSED_FAR * share**2) * np.where(np.isin(frame.kind[rows], SMALL), SMALL_FACTOR, 1)
        seen: Ints = rows[rng.random(len(rows)) >= missed]
        return seen

    def _objects(
        self, rng: np.random.Generator, frame: WorldFrame, rows: Ints, position: Floats, numbers: Ints
    ) -> list[dict[str, object]]:
        distance, bearing = polar(position)
        along, across = ALONG_M + ALONG_SHARE * distance, ACROSS_M + ACROSS_SHARE * distance
        measured = noisy(rng, position, along, across).round(2).tolist()
        cosine, sine = np.cos(bearing), np.sin(bearing)
        sd = np.column_stack([np.hypot(along * cosine, across * sine), np.hypot(along * sine, across * cosine)]).round(
            2
        )
        size = (frame.size_m[rows] * (1 + SIZE_SHARE * rng.normal(size=(len(rows), 3)))).round(2)
        other = rng.integers(1, len(RoadUser), len(rows))
        kinds = np.where(rng.random(len(rows)) < CONFUSED, other, frame.kind[rows])
        confidence = (CONFIDENCE[0] - CONFIDENCE[1] * distance / self._spec.range_m).round(2)
        return [
            {
                "id": int(numbers[row]),
                "class": RoadUser(int(kinds[row])).name.lower(),
                "confidence": float(confidence[row]),
                "position": measured[row],
                "sd": sd[row].tolist(),
                "size": size[row].tolist(),
            }
            for row in range(len(rows))
        ]


def _packed(line: dict[str, Any]) -> bytes:
    return json.dumps(line, separators=(",", ":")).encode() + b"\n"
