"""Driver of TI mmWave radars: IWR6843 and AWR1843 on two serial ports, `cli` and `data`; xWRL6432 on `cli` alone.

The profile is loaded through the command port whenever a port was opened, so that a radar that lost power and a daemon
that was restarted end in the same state. A profile with the tracker on gives `Detections` from the target list (empty
while there is no target), one without gives a `PointCloud` a frame. TI's x right, y forward becomes our x forward,
y left.

A frame is stamped with the time of receipt of its last byte, less its time on the line, less `latency_ms` from the
middle of the chirps to the first byte, smoothed over the frames' numbers.
"""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import Annotated, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field, ValidationInfo

from hw.detail import Detail
from hw.driver import DeviceSettings, Send
from hw.endpoint import Endpoint, Port, Way
from hw.intake import NOISE, USABLE, Intake
from hw.modality import RADAR, Modality
from hw.radar import ti_cli, ti_lists
from hw.radar.ti_cli import Dialogue, read_profile
from hw.radar.ti_clock import FrameClock
from hw.radar.ti_frames import LAYOUTS, PLACE, FrameParser, Table, TiFrame, target_numbers
from hw.radar.ti_headers import HEADERS, OTHER_HEADER, HeaderName, advised
from hw.radar.ti_lists import ListReader, explain
from hw.radar.ti_types import POINTS, SIDE_INFO, TARGETS
from perception.objects import Detections, Floats, Measurement, PointCloud, RoadUser

BITS_PER_BYTE = 10
SNR_STEP = 0.1  # dB
RECENT = 16  # frames among which a number that comes again is a duplicate
FARTHEST = 1000.0  # m
FASTEST = 100.0  # m/s
FORWARD_LEFT = slice(1, None, -1)  # of TI's right, forward, up: forward, right
LEFT_OF_RIGHT = np.array([1.0, -1.0])
BOUNDS = np.array([FARTHEST, FARTHEST, FARTHEST, FASTEST, FASTEST])  # of a target's place and speed over the ground
WIDEST = 100.0  # m2; a variance beyond says nothing
NO_ROWS = {kind: np.zeros(0, LAYOUTS[kind]) for kind in (TARGETS, POINTS)}

Bools = NDArray[np.bool_]


def _existing(path: Path, info: ValidationInfo) -> Path:
    """Take a path from the folder of the site file and read the profile once, so that a bad one is found at once."""
    found = Path((info.context or {}).get("folder", "")) / path
    read_profile(found)
    return found


class TiSettings(DeviceSettings):
    """The ports of the radar and its profile."""

    cli: Endpoint
    data: Endpoint | None = Field(None, description="frames; none: they come on the command port, as of an xWRL6432")
    profile: Annotated[Path, AfterValidator(_existing)] = Field(description=".cfg file, from the site file's folder")
    header: HeaderName = Field("sdk3", description="layout of its frames, by the firmware")
    latency_ms: float = Field(25.0, ge=0, le=500, description="middle of the chirps to the first byte sent")

    def ports(self) -> dict[str, Port]:
        """Return the ports; a command port beside a data port speaks only when spoken to."""
        if self.data is None:
            return {"cli": Port(self.cli, self.silence_ms)}
        return {"cli": Port(self.cli, None), "data": Port(self.data, self.silence_ms)}


class TiRadar:
    """One radar.

    Counters: those of `FrameParser` and `Dialogue`, `duplicate` (a frame came again), `gap` (frames that did not come),
    `implausible` (targets or points dropped because a number in them cannot be), `list` and `empty-frame` (frames whose
    list cannot be read, or that bring none where they should: no measurement).
    """

    Settings: ClassVar[type[DeviceSettings]] = TiSettings
    modality: ClassVar[Modality] = RADAR
    details: ClassVar[tuple[Detail, ...]] = (OTHER_HEADER, *ti_lists.DETAILS, *ti_cli.DETAILS)
    ways: ClassVar[tuple[Way, ...]] = ("serial", "tcp")
    correction_ns = 0

    def __init__(self, name: str, settings: TiSettings) -> None:
        self.name = name
        self.counters = Intake()
        profile = read_profile(settings.profile)
        self.nominal_hz = 1e9 / profile.period_ns
        serial = (settings.data or settings.cli).serial
        self._byte_ns = BITS_PER_BYTE * 1e9 / serial.baud if serial else 0.0
        self._latency_ns = round(settings.latency_ms * 1e6)
        self._tracks = profile.tracks
        self._header = settings.header
        self._lists = ListReader(profile.statistics and settings.header == "sdk3")
        self._text = None if settings.data else bytearray()  # between frames, where both come on one line
        self._parser = FrameParser(self.counters, self._text, HEADERS[settings.header])
        self._dialogue = Dialogue(profile.commands, self.counters)
        self._clock = FrameClock(profile.period_ns)
        self._numbers: deque[int] = deque(maxlen=RECENT)

    @property
    def error(self) -> str | None:
        """The reason why the radar does not follow its profile; None: it does."""
        return self._dialogue.error

    def opened(self, port: str, now_ns: int) -> list[Send]:
        """Start afresh. A data port that is opened again was silent: the radar may have lost its profile."""
        if port == "cli" or self._dialogue.settled(now_ns):
            self._dialogue.restart()
        self._parser.reset()
        self._begin_anew()
        return []

    def due(self, now_ns: int) -> list[Send]:
        """Return the next command of the profile, when it is time for it."""
        command = self._dialogue.due(now_ns)
        return [("cli", command)] if command else []

    def received(self, port: str, data: bytes, receipt_ns: int) -> list[Measurement]:
        """Take bytes of either port, return one measurement for each new frame that they complete."""
        if port == "cli" and self._text is None:
            self._answered(data, receipt_ns)
            return []
        complete = self._parser.feed(data)
        if self._text:
            self._answered(bytes(self._text), receipt_ns)
            self._text.clear()
        frames = [frame for frame in complete if self._is_new(frame)]
        return [found for frame in frames if (found := self._measurement(frame, receipt_ns)) is not None]

    def _answered(self, text: bytes, now_ns: int) -> None:
        self._dialogue.received(text, now_ns)
        if not self._dialogue.complete:
            self._begin_anew()  # frame numbers begin at 1 after sensorStart

    def explain(self, reason: str, sample: bytes) -> str | None:
        """Return in words why input was refused; None: nothing that this driver knows."""
        advice = advised(self._header, sample) if reason in ("length", NOISE) else None
        return advice or explain(reason, sample)

    def _begin_anew(self) -> None:
        self._clock.reset()
        self._numbers.clear()

    def _is_new(self, frame: TiFrame) -> bool:
        if frame.number in self._numbers:
            self.counters.note("duplicate", f"frame {frame.number}".encode())
            return False
        if self._numbers and 1 < frame.number - self._numbers[-1] < 1000:
            self.counters["gap"] += frame.number - self._numbers[-1] - 1
        self._numbers.append(frame.number)
        return True

    def _measurement(self, frame: TiFrame, receipt_ns: int) -> Measurement | None:
        """Return the measurement of a frame; None where its list cannot be read, which does not mean an empty road."""
        wanted = TARGETS if self._tracks or TARGETS in frame.tlvs else POINTS
        if (refusal := self._lists.refusal(frame, wanted)) is not None:
            self.counters.refuse(*refusal)
            return None
        arrival_ns = receipt_ns - round(frame.length * self._byte_ns) - self._latency_ns
        stamp_ns = self._clock.stamp(frame.number, arrival_ns)
        rows = frame.tlvs.get(wanted, NO_ROWS[wanted])
        numbers = target_numbers(rows) if wanted == TARGETS else None
        good = _are_possible_points(rows) if numbers is None else _are_possible_targets(numbers)
        if wrong := len(rows) - int(np.count_nonzero(good)):
            self.counters.note("implausible", rows[~good].tobytes(), wrong)
        if len(rows) - wrong < USABLE * len(rows):
            self.counters.refused += 1
            return None
        if numbers is not None:
            chosen = (rows[good], numbers[good]) if wrong else (rows, numbers)
            return self._detections(*chosen, stamp_ns, receipt_ns)
        return self._cloud(rows, good, frame.tlvs.get(SIDE_INFO), stamp_ns, receipt_ns)

    def _detections(self, targets: Table, numbers: Floats, stamp_ns: int, receipt_ns: int) -> Detections:
        position = numbers[:, PLACE["position"]][:, FORWARD_LEFT] * LEFT_OF_RIGHT
        count = len(targets)
        unknown = np.full((count, 8), np.nan)
        return Detections(
            device=self.name,
            stamp_ns=stamp_ns,
            receipt_ns=receipt_ns,
            position_m=position,
            covariance_m2=_covariance(position, numbers[:, PLACE["ec"]]),
            velocity_mps=numbers[:, PLACE["velocity"]][:, FORWARD_LEFT] * LEFT_OF_RIGHT,
            velocity_variance_m2ps2=unknown[:, 0],
            box_px=unknown[:, 1:5],
            size_m=unknown[:, 5:],
            kind=np.full(count, RoadUser.UNKNOWN.value),
            confidence=numbers[:, PLACE["confidence"].start].clip(0, 1),
            source_id=targets["tid"].astype(np.int64),
        )

    def _cloud(self, points: Table, good: Bools, side: Table | None, stamp_ns: int, receipt_ns: int) -> PointCloud:
        snr = side["snr"] * SNR_STEP if side is not None and len(side) == len(points) else np.full(len(points), np.nan)
        return PointCloud(
            device=self.name,
            stamp_ns=stamp_ns,
            receipt_ns=receipt_ns,
            points_m=points["position"][good][:, [1, 0, 2]] * (1.0, -1.0, 1.0),
            doppler_mps=points["doppler"][good].astype(float),
            snr_db=snr[good],
        )


def _are_possible_points(points: Table) -> Bools:
    """Return which points are finite and within reach."""
    possible: Bools = _is_near(points["position"]) & np.isfinite(points["doppler"])
    return possible


def _are_possible_targets(numbers: Floats) -> Bools:
    """Return which targets are finite, within reach and not faster than anything on a road."""
    # comparisons with NaN are false
    possible: Bools = np.logical_and.reduce(np.abs(numbers[:, : len(BOUNDS)]) < BOUNDS, axis=1)
    return possible


def _is_near(position: Floats) -> Bools:
    """Return which rows are finite and within reach (comparisons with NaN are false)."""
    near: Bools = np.abs(position).max(axis=1, initial=0) < FARTHEST
    return near


def _covariance(position: Floats, ec: Floats) -> Floats:
    """Turn (n, 16) error covariances of range, azimuth (right +), ... into (n, 2, 2) of x, y; NaN where unusable.

    Written out, J P J' with J = [[x/r, -y], [y/r, x]]: for a few targets, arrays of matrices cost thrice as much.
    """
    x, y = position[:, 0], position[:, 1]
    azimuth = ec[:, 5]
    xx, yy, xy = x * x, y * y, x * y
    squared = xx + yy
    covariance = np.empty((len(x), 2, 2))
    with np.errstate(all="ignore"):  # values that are not finite are not usable, and comparisons with them are false
        radial, tangential = ec[:, 0] / squared, ec[:, 4] / np.sqrt(squared)  # our bearing is left +
        turned = 2 * tangential * xy
        covariance[:, 0, 0] = along = radial * xx + turned + azimuth * yy
        covariance[:, 1, 1] = aside = radial * yy - turned + azimuth * xx
        cross = (radial - azimuth) * xy - tangential * (xx - yy)
        covariance[:, 0, 1] = covariance[:, 1, 0] = cross
        # both eigenvalues above 0, and their sum small: then none is too large
        total = along + aside
        usable = (along * aside > cross * cross) & (total > 0) & (total < WIDEST)
    if not usable.all():
        covariance[~usable] = np.nan
    return covariance
