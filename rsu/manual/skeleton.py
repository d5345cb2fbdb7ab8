"""A driver to begin with: a lidar that sends one binary frame a scan. Copy this file, and adapt it to your device.

Frame, little endian: "LDR1", sequence u32, time of the scan u64 (ns, UTC), n u16, n objects of `OBJECT`, CRC-32 of all
that stands before it. Describe your format here in the same way, with its source (manual, edition, section).
"""

from __future__ import annotations

import struct
import zlib
from typing import ClassVar

import numpy as np
from pydantic import Field

from hw.clock import SourceClock
from hw.driver import DeviceSettings, Send
from hw.endpoint import Endpoint, Port
from hw.intake import Intake
from hw.modality import LIDAR, Modality
from hw.splitter import Splitter
from perception.objects import Detections, Measurement, RoadUser

HEAD = struct.Struct("<4sIQH")
OBJECT = np.dtype(  # m and m/s in the sensor frame: x forward along the boresight, y left
    [("id", "<u4"), ("kind", "u1"), ("percent", "u1"), ("place", "<f4", 2), ("velocity", "<f4", 2), ("size", "<f4", 3)]
)
CRC = struct.Struct("<I")
KINDS = np.array([RoadUser.UNKNOWN, RoadUser.CAR, RoadUser.TRUCK, RoadUser.PEDESTRIAN, RoadUser.BICYCLE])  # by its code
MOST = 128  # objects that the device can send
FARTHEST_M, FASTEST_MPS = 500.0, 100.0  # beyond these an object cannot be


class LidarSettings(DeviceSettings):
    """Keys under `driver:` in the site file; `silence_ms` and `reopen_ms` are inherited."""

    link: Endpoint  # serial, tcp or udp: the link opens, reads and reopens it, the driver never does
    rate_hz: float = Field(10.0, gt=0, le=100, description="scans a second; half of it is a fault")
    latency_ms: float = Field(50.0, ge=0, le=2000, description="usual time from the scan to its receipt")
    sd_m: float = Field(0.2, gt=0, le=10, description="error of a position on each axis, 1 sigma")

    def ports(self) -> dict[str, Port]:
        """Return the ports by the names used below; silence None: a port that only answers."""
        return {"link": Port(self.link, self.silence_ms)}


class Lidar:
    """One lidar. Counters: `head`, `torn`, `checksum`, `length` (frames), `object` (objects), `clock-...`."""

    Settings: ClassVar[type[DeviceSettings]] = LidarSettings
    modality: ClassVar[Modality] = LIDAR  # RSM source, sourceType, sensor list and page follow from it
    correction_ns = 0  # UTC less steady time; the device keeps it current

    def __init__(self, name: str, settings: LidarSettings) -> None:
        self.counters = Intake()  # reasons why input was not used, with samples for `rsu status`
        self.error: str | None = None  # set it while the device itself reports a fault
        self.nominal_hz = settings.rate_hz
        self._name = name
        self._latency_ns = round(settings.latency_ms * 1e6)
        self._covariance = np.eye(2) * settings.sd_m**2
        self._clock = SourceClock(past_ms=1000, future_ms=30, counters=self.counters)
        self._splitter = Splitter({ord("L"): _measure}, self.counters)

    def opened(self, port: str, now_ns: int) -> list[Send]:
        """Forget half a frame; a device that needs a command to start gets it here: [("link", b"START")]."""
        self._splitter.reset()
        return []

    def due(self, now_ns: int) -> list[Send]:
        """Return the octets to write now: none, as this device sends by itself."""
        return []

    def received(self, port: str, data: bytes, receipt_ns: int) -> list[Measurement]:
        """Take octets cut anywhere; return one measurement for each complete frame. Never raise for bad octets."""
        return [self._scan(frame, receipt_ns) for frame in self._splitter.feed(data, receipt_ns)]

    def _scan(self, frame: bytes, receipt_ns: int) -> Detections:
        _, _, utc_ns, count = HEAD.unpack_from(frame)
        rows = np.frombuffer(frame, OBJECT, count, HEAD.size)
        usable = (np.abs(rows["place"]) < FARTHEST_M).all(axis=1) & (rows["kind"] < len(KINDS))  # NaN is not below
        usable &= (np.abs(rows["velocity"]) < FASTEST_MPS).all(axis=1)
        if bad := int((~usable).sum()):  # one bad object costs only itself
            self.counters.note("object", rows[~usable][0].tobytes(), bad)
        rows = rows[usable]
        return Detections(
            device=self._name,
            stamp_ns=self._clock.judge(utc_ns, receipt_ns - self._latency_ns, self.correction_ns),  # when it was true
            receipt_ns=receipt_ns,
            position_m=rows["place"].astype(float),
            covariance_m2=np.tile(self._covariance, (len(rows), 1, 1)),
            velocity_mps=rows["velocity"].astype(float),
            velocity_variance_m2ps2=np.full(len(rows), np.nan),  # NaN: not known; the site file's figure holds
            box_px=np.full((len(rows), 4), np.nan),
            size_m=np.where(rows["size"] > 0, rows["size"], np.nan).astype(float),  # this device sends 0 for unknown
            kind=KINDS[rows["kind"]].astype(np.int64),
            confidence=rows["percent"] / 100.0,
            source_id=rows["id"].astype(np.int64),
        )


def _measure(data: bytes) -> int | str:
    """Return the octets of the frame that `data` begins with; 0: more must come; or the reason why it is none."""
    if data[:4] != b"LDR1"[: len(data)]:
        return "head"
    if len(data) < HEAD.size:
        return 0
    end = HEAD.size + HEAD.unpack_from(data)[3] * OBJECT.itemsize
    if HEAD.unpack_from(data)[3] > MOST:
        return "length"
    if len(data) < end + CRC.size:
        return 0
    return end + CRC.size if CRC.unpack_from(data, end)[0] == zlib.crc32(data[:end]) else "checksum"
