"""The newest recording in figures: GNSS, sensors against each other and the lanes, messages on air. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

from perception.objects import Fix
from perception.registration.verdict import Registration
from rsu.bus.tape import Tape
from rsu.lab.doctor.on_air import AirFigures, on_air
from rsu.lab.hearing import measurements, sensed_in
from rsu.lab.tune.registering import registrations
from rsu.site.config import Config

SENSED_S = 12.0  # of sensors: 3 s of processor time for eight of them


class Recent(NamedTuple):
    """The figures."""

    fixes: tuple[Fix, ...]  # valid ones
    registrations: tuple[Registration, ...]
    on_air: AirFigures

    @property
    def height_m(self) -> float | None:
        """Return the antenna's height above the ellipsoid, median; None: no GNSS says."""
        return median(found) if (found := [fix.height_m for fix in self.fixes if fix.height_m is not None]) else None


def recent(config: Config, tapes: Sequence[Tape], sensed_s: float = SENSED_S) -> Recent:
    """Return the figures of ticks that follow each other, at least one. `sensed_s`: the last ones, for sensors."""
    last_ns = tapes[-1].outcome.now_ns
    newest = [tape for tape in tapes if tape.outcome.now_ns >= last_ns - round(sensed_s * 1e9)]
    heard = list(measurements(config, newest))
    return Recent(
        fixes=tuple(one for one in heard if isinstance(one, Fix) and one.valid),
        registrations=tuple(registrations(config, sensed_in(config, heard))),
        on_air=on_air(config, (tape.outcome for tape in tapes)),
    )
