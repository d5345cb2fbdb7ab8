"""RSM: the road users that this unit sees, itself first (YD/T 3709-2020, T/CSAE 159-2020)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import NamedTuple, get_args

import numpy as np

from hw.modality import Modality
from perception.geo import Reference, to_wgs84
from perception.objects import NORMAL_95, Floats, RoadUser
from perception.results import Tracks
from rsu.messages.bounds import position_95, speed_95
from rsu.messages.common import position, sec_mark_ms
from rsu.messages.inclusion import Inclusion
from rsu.messages.row import Made, MessageRow, SiteUnit, Tick
from rsu.reasons.place import NO_UTC, PlaceReason
from rsu.reasons.radio import RadioReason
from rsu.reasons.sensors import SensorReason
from rsu.reasons.words import Reason
from rsu.site.config import modalities
from v2x import Position
from v2x.confidence import heading_confidence, position_confidence, speed_confidence
from v2x.records.common import (
    BasicVehicleClass,
    MotionConfidenceSet,
    PositionConfidenceSet,
    Size,
    VehicleClassification,
)
from v2x.records.names import ParticipantType, Source
from v2x.records.rsm import Participant, RoadsideSafetyMessage

PER_FRAME = 15  # others beside the RSU itself: 16 participants a message

CLASSES: dict[int, tuple[ParticipantType, BasicVehicleClass]] = {
    RoadUser.UNKNOWN: ("unknown", BasicVehicleClass.UNKNOWN),
    RoadUser.CAR: ("motor", BasicVehicleClass.PASSENGER_CAR),
    RoadUser.TRUCK: ("motor", BasicVehicleClass.TRUCK),
    RoadUser.BUS: ("motor", BasicVehicleClass.TRANSIT),
    RoadUser.MOTORCYCLE: ("motor", BasicVehicleClass.MOTORCYCLE),
    RoadUser.BICYCLE: ("non-motor", BasicVehicleClass.BICYCLE),
    RoadUser.PEDESTRIAN: ("pedestrian", BasicVehicleClass.PEDESTRIAN),
}
SOURCES: tuple[Source, ...] = get_args(Source)


class Cycle(NamedTuple):
    """One frame of a cycle and the receipt of the newest measurement in it (None: only the RSU itself)."""

    message: RoadsideSafetyMessage
    newest_receipt_ns: int | None


class RsmBuilder:
    """Builds all frames of one cycle. `modalities`: of the devices."""

    def __init__(self, rsu_id: bytes, reference: Reference, modalities: Mapping[str, Modality]) -> None:
        self._id = rsu_id
        self._reference = reference
        self._sources = {name: source(modality) for name, modality in modalities.items()}
        self._position = position(0.0, 0.0, reference)

    def build(self, tracks: Tracks, now_ns: int, counts: Iterator[int]) -> Iterator[Cycle]:
        """Yield as many frames as the tracks need, at least one; each begins with the RSU itself."""
        participants = self._participants(tracks)
        for first in range(0, max(1, len(tracks)), PER_FRAME):
            rows = slice(first, first + PER_FRAME)
            message = RoadsideSafetyMessage(
                msg_cnt=next(counts),
                id=self._id,
                position=self._position,
                participants=(self._itself(now_ns), *participants[rows]),
            )
            receipts = tracks.receipt_ns[rows]
            yield Cycle(message, int(receipts.max()) if len(receipts) else None)

    def _itself(self, now_ns: int) -> Participant:
        return Participant(
            ptc_type="rsu",
            ptc_id=0,
            source="selfinfo",
            sec_mark_ms=sec_mark_ms(now_ns),
            position=self._position,
            position_confidence=PositionConfidenceSet(position="a1m"),
            speed_mps=0.0,
            heading_deg=0.0,
            size=Size(width_m=None, length_m=None),
        )

    def _participants(self, tracks: Tracks) -> list[Participant]:
        """Return all tracks as participants: columns first, objects last."""
        place = to_wgs84(tracks.position_m[:, 0], tracks.position_m[:, 1], self._reference)
        latitude, longitude = (axis.tolist() for axis in place)
        numbers, stamps, kinds = tracks.id.tolist(), tracks.stamp_ns.tolist(), tracks.kind.tolist()
        speed = np.hypot(tracks.velocity_mps[:, 0], tracks.velocity_mps[:, 1]).tolist()
        heading, heading_95 = _known(tracks.heading_deg), _known(NORMAL_95 * tracks.heading_sd_deg)
        place_95, motion_95 = position_95(tracks).tolist(), speed_95(tracks).tolist()
        length, width, height = (_known(tracks.size_m[:, axis]) for axis in range(3))
        return [
            Participant(
                ptc_type=CLASSES[kinds[i]][0],
                ptc_id=numbers[i],
                source=self._source(tracks.sources[i], tracks.vehicle_id[i]),
                id=tracks.vehicle_id[i],
                sec_mark_ms=sec_mark_ms(stamps[i]),
                position=Position(latitude_deg=latitude[i], longitude_deg=longitude[i]),
                position_confidence=PositionConfidenceSet(position=position_confidence(place_95[i])),
                speed_mps=speed[i],
                heading_deg=heading[i],
                motion_confidence=MotionConfidenceSet(
                    speed=speed_confidence(motion_95[i]), heading=heading_confidence(heading_95[i])
                ),
                size=Size(width_m=width[i], length_m=length[i], height_m=height[i]),
                vehicle_class=VehicleClassification(classification=CLASSES[kinds[i]][1]),
            )
            for i in range(len(tracks))
        ]

    def _source(self, devices: tuple[str, ...], vehicle_id: bytes | None) -> Source:
        """Return one sensor's kind, or `integrated` for several kinds; `v2x` where a BSM gave the id."""
        if vehicle_id is not None:
            return "v2x"
        kinds: set[Source] = {self._sources.get(device, "unknown") for device in devices}
        return kinds.pop() if len(kinds) == 1 else "integrated" if kinds else "unknown"


def source(modality: Modality) -> Source:
    """Return the source type of devices of a modality; unknown where the standard has none."""
    return next((each for each in SOURCES if each == modality.source), "unknown")


def _known(column: Floats) -> list[float | None]:
    """Return Python numbers, None where they are NaN."""
    return [None if math.isnan(value) else value for value in column.tolist()]


class RsmComposer:
    """RSM leaves at every tick, with the unit itself and those road users that are due and find room."""

    def __init__(self, unit: SiteUnit) -> None:
        site = unit.config.site
        self._channel = unit.channel
        self._builder = RsmBuilder(unit.id, site.site.reference.reference(), modalities(site))
        self._inclusion = Inclusion(site.messages.inclusion)

    def conditions(self, tick: Tick) -> Iterator[Reason]:
        """Yield the reasons of the channel."""
        yield from self._channel.conditions(tick.moment.now_ns)

    def messages(self, tick: Tick) -> Iterator[Made]:
        """Yield as many as there is room for, the most at risk first; the others are due again in the next cycle."""
        moment, scene, room = tick.moment, tick.road, tick.room
        in_events = {number for event in scene.events if event.state != "end" for number in event.track_ids}
        chosen = self._inclusion.choose(moment.now_ns, scene.tracks, scene.places, in_events)
        first = chosen[: room.frames * PER_FRAME]
        said = 0
        for cycle in self._builder.build(
            scene.labelled().tracks.take(first), moment.utc_ns, iter(tick.next_count, None)
        ):
            said += PER_FRAME
            yield Made(cycle.message, cycle.newest_receipt_ns)
            if not room.left:
                break
        self._inclusion.told(moment.now_ns, scene.tracks.take(first[:said]))
        if said < len(chosen):
            self._channel.wait(moment.now_ns)


ROW = MessageRow(
    kind="rsm",
    title="Roadside safety message: the road users seen",
    title_zh="路侧安全消息：感知到的交通参与者",
    services=("rsm",),
    period_ticks=1,
    silent=NO_UTC | {PlaceReason.TIME_UNCERTAIN_50MS},
    degraded=frozenset(SensorReason) | {RadioReason.CHANNEL_BUSY, RadioReason.SHARE_FULL},
    turn=1,
    shares=True,
    composer=RsmComposer,
)
