"""The road users that a receiving vehicle knows by RSMs.

A roadside unit leaves a participant that has hardly changed out of a cycle (ETSI TS 103 324). A receiver keeps it,
moved on by its speed and heading, for as long as it may be left out. One that turns up under a new number where a kept
one should be now is the same.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec
import numpy as np

from perception.geo import Reference, direction_of, to_site, to_wgs84
from perception.objects import Floats
from v2x import Participant

KEPT_NS = 1_050_000_000  # since its newest RSM: 1 s, and half a cycle
VULNERABLE_KEPT_NS = 550_000_000
VULNERABLE = ("non-motor", "pedestrian")
STANDING_MPS = 0.5  # a speed below it is no motion to go on with
SAME_M = 1.5

Timed = tuple[int, Participant]  # time at which it is true, ns UTC


class _Heard(NamedTuple):
    """The newest word on one road user."""

    cycle_ns: int
    stamp_ns: int
    participant: Participant


class BenchReceiver:
    """Remembers the received road users."""

    def __init__(self, reference: Reference) -> None:
        self._reference = reference
        self._known: dict[int, _Heard] = {}  # by ptcId

    def cycle(self, now_ns: int, heard: list[Timed]) -> list[Timed]:
        """Take the participants of a cycle; return them, and the kept ones as they should be now, without a speed."""
        new = [one for _, one in heard if one.ptc_id not in self._known]
        self._known |= {one.ptc_id: _Heard(now_ns, stamp_ns, one) for stamp_ns, one in heard}
        kept = {number: _moved_on(said, now_ns, self._reference) for number, said in self._left_out(now_ns).items()}
        places = [place for place in map(self._place, new) if place is not None]
        for number, one in list(kept.items()):
            place = self._place(one)
            if place is not None and any(np.hypot(*(place - other)) < SAME_M for other in places):
                del kept[number], self._known[number]
        return heard + [(now_ns, one) for one in kept.values()]

    def _left_out(self, now_ns: int) -> dict[int, _Heard]:
        """Forget participants not sent for too long; return those that this cycle left out."""
        self._known = {
            number: said
            for number, said in self._known.items()
            if now_ns - said.cycle_ns <= (VULNERABLE_KEPT_NS if said.participant.ptc_type in VULNERABLE else KEPT_NS)
        }
        return {number: said for number, said in self._known.items() if said.cycle_ns != now_ns}

    def _place(self, one: Participant) -> Floats | None:
        if one.position is None:
            return None
        return np.array(to_site(one.position.latitude_deg, one.position.longitude_deg, self._reference))


def _moved_on(said: _Heard, now_ns: int, reference: Reference) -> Participant:
    """Return a participant as it should be now; its present speed is not known."""
    one, seconds = said.participant, (now_ns - said.stamp_ns) / 1e9
    speed, heading, place = one.speed_mps, one.heading_deg, one.position
    if speed is None or heading is None or place is None or speed < STANDING_MPS:
        return msgspec.structs.replace(one, speed_mps=None)
    east, north = to_site(place.latitude_deg, place.longitude_deg, reference)
    along = speed * seconds * direction_of(heading)
    latitude, longitude = to_wgs84(east + along[0], north + along[1], reference)
    place = msgspec.structs.replace(place, latitude_deg=float(latitude), longitude_deg=float(longitude))
    return msgspec.structs.replace(one, position=place, speed_mps=None)
