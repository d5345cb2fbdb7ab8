"""Are the participants of an RSM really there? Participants against the road users of the world."""

from __future__ import annotations

import numpy as np

from perception.geo import Reference, to_site
from sim.frames import WorldFrame
from v2x import Participant

REACH_M = 60.0  # around the reference: as far as the bench judges accuracy
AWAY_M = 8.0  # without a road user within this distance, the participant is not there
GHOST_NS = 2_000_000_000  # a participant that is sent for so long and is not there is wrong; one that just left is not


class Users:
    """Follows participants that were sent without being there."""

    def __init__(self, reference: Reference) -> None:
        self._reference = reference
        self._ghosts: dict[int, tuple[int, int]] = {}  # ptcId -> first and newest time without a road user there

    def judge(self, participants: tuple[Participant, ...], arrival_ns: int, world: WorldFrame) -> list[str]:
        """Return the faults of a frame's participants."""
        wrong = []
        for one in participants:
            if one.ptc_id == 0:
                continue
            if one.position is None:
                wrong.append(f"participant {one.ptc_id} without a place")
                continue
            place = np.array(to_site(one.position.latitude_deg, one.position.longitude_deg, self._reference))
            if self._there(place, world):
                self._ghosts.pop(one.ptc_id, None)
                continue
            first, newest = self._ghosts.get(one.ptc_id, (arrival_ns, arrival_ns))
            first = first if arrival_ns - newest < GHOST_NS else arrival_ns
            self._ghosts[one.ptc_id] = first, arrival_ns
            if arrival_ns - first > GHOST_NS:
                since_s = (arrival_ns - first) / 1e9
                wrong.append(f"participant {one.ptc_id} at {place.round(1).tolist()}: nobody there for {since_s:.1f} s")
        return wrong

    def _there(self, place: np.ndarray, world: WorldFrame) -> bool:
        """Tell whether a road user is at a place; far from the crossing only absurd places are judged."""
        away = float(np.hypot(*place))
        if REACH_M < away < 3 * REACH_M:
            return True
        off = world.position_m - place
        return bool((np.hypot(off[:, 0], off[:, 1]) < AWAY_M).any())
