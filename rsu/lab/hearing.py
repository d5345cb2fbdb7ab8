"""The drivers' output from a recording: the measurements of all devices, and vehicles' reports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import v2x
from perception.objects import Detections, Measurement, PointCloud, Reception, VehicleReport
from rsu.bus.tape import Tape
from rsu.messages import bsm
from rsu.replay.player import Player
from rsu.site.config import Config
from v2x import dsmp
from v2x.records.bsm import BasicSafetyMessage

Sensed = Detections | PointCloud | VehicleReport


def measurements(config: Config, tapes: Iterable[Tape]) -> Iterator[Measurement]:
    """Yield every measurement in the order of receipt; the recorded bytes go through the real drivers."""
    player, seed = None, b""
    for tape in tapes:
        if player is None or tape.seed != seed:
            player, seed = Player(config, tape.seed), tape.seed
        for one in tape.rounds:
            yield from player.measurements(one)


def sensed(config: Config, tapes: Iterable[Tape]) -> Iterator[Sensed]:
    """Yield the measurements of road users: scans of sensors, and the reports in received BSMs."""
    return sensed_in(config, measurements(config, tapes))


def sensed_in(config: Config, heard: Iterable[Measurement]) -> Iterator[Sensed]:
    """Yield those of measurements that tell of road users."""
    for measurement in heard:
        if isinstance(measurement, Detections | PointCloud):
            yield measurement
        elif isinstance(measurement, Reception) and (report := vehicle_report(measurement, config)) is not None:
            yield report


def vehicle_report(reception: Reception, config: Config) -> VehicleReport | None:
    """Return the sender's report in a received message; None: it is no BSM with a place and a time."""
    try:
        message = v2x.decode(dsmp.parse(reception.payload).payload, config.site.messages.profile)
    except v2x.CodecError:
        return None
    return bsm.vehicle_report(message, reception) if isinstance(message, BasicSafetyMessage) else None
