"""Looks at the station of a recording: its bytes run through drivers and station again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from perception.objects import Detections, Measurement
from perception.sensing.scan import rotation_of
from perception.sensor import Mount
from rsu.bus.records import Sent
from rsu.bus.tape import Outcome, Tape
from rsu.explain.look import Look, SeenPlaces, carried
from rsu.replay.player import Player
from rsu.site.config import Config


def looks(config: Config, tapes: Iterable[Tape]) -> Iterator[Look]:
    """Yield a look at every tick. A second set of drivers gives the detections: the station keeps none."""
    mounts = {sensor.device: sensor.mount for sensor in config.site.sensors}
    known = config.site.site.reference.reference(), config.site.messages.profile
    station = drivers = None
    seed = b""
    for tape in tapes:
        if station is None or drivers is None or tape.seed != seed:
            station, drivers, seed = Player(config, tape.seed), Player(config, tape.seed), tape.seed
        heard = [each for one in tape.rounds for each in drivers.measurements(one)]
        outcome = station.play(tape)
        yield Look(
            station.station.snapshot(outcome.now_ns),
            tuple(each for sent in _sent(outcome, tape.clock.correction_ns) for each in carried(sent, *known)),
            tuple(_seen(heard, mounts, tape.clock.correction_ns)),
        )


def _sent(outcome: Outcome, correction_ns: int) -> Iterator[Sent]:
    """Yield the frames of a tick as they go over the bus. `correction_ns`: UTC less steady time."""
    for frame in outcome.frames:
        newest_ns = None if frame.newest_receipt_ns is None else frame.newest_receipt_ns + correction_ns
        yield Sent(frame.kind, outcome.now_ns + correction_ns, newest_ns, frame.frame)


def _seen(heard: Iterable[Measurement], mounts: dict[str, Mount], correction_ns: int) -> Iterator[SeenPlaces]:
    """Yield the places that sensors of the site saw. `correction_ns`: UTC less steady time."""
    for each in heard:
        if isinstance(each, Detections) and (mount := mounts.get(each.device)) is not None:
            known = each.position_m[np.isfinite(each.position_m).all(axis=1)]
            places = known @ rotation_of(mount).T + [mount.east_m, mount.north_m]
            yield SeenPlaces(each.device, each.stamp_ns + correction_ns, places)
