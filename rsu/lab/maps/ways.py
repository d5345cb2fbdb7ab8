"""The ways through a junction: to which node and lane, in which direction, under which phase."""

from __future__ import annotations

from perception.geo import heading_difference
from rsu.lab.maps.legs import Leg
from rsu.lab.maps.network import RoadNetwork, RoadTurn
from rsu.site.lanemap import ConnectionModel, Maneuver, MovementModel

_STRAIGHT_DEG, _BENT_DEG, _UTURN_DEG = 30.0, 50.0, 150.0
_ORDER: dict[Maneuver, int] = {"uturn": 0, "left": 1, "straight": 2, "right": 3}
_MOST_WAYS = 8  # of one lane, in a MAP


class Ways:
    """The turns of a junction as our lane map words them."""

    def __init__(self, network: RoadNetwork, turns: list[RoadTurn], legs: list[Leg]) -> None:
        self._network, self._turns, self._legs = network, turns, legs
        self._exits = {
            key: (leg, network.lanes[key].number or place)
            for leg in legs
            if leg.exit is not None
            for place, key in enumerate(leg.exit.keys, 1)
        }
        self._phases = self._numbered()
        self.phase_count = len(self._phases)

    def phase(self, signal: str | None) -> int | None:
        """Return the number of a signal's phase; None: not signalled."""
        return None if signal is None else self._phases.get(signal)

    def connections(self, leg: Leg, lane: str) -> list[ConnectionModel]:
        """Return where a lane of a leg leads, from the left."""
        found: dict[tuple[int, int, int], ConnectionModel] = {}
        for turn in self._turns:
            if turn.start != lane:
                continue
            target, number = self._exits[turn.end]
            way = ConnectionModel(
                downstream=target.node,
                lane=number,
                maneuver=turn.maneuver or self._maneuver(leg, target),
                phase=self.phase(turn.signal),
            )
            found.setdefault((target.node.region, target.node.id, number), way)
        ways = sorted(found.values(), key=lambda way: (_ORDER[way.maneuver], way.downstream.id, way.lane))
        return ways[:_MOST_WAYS]

    def movements(self, leg: Leg) -> list[MovementModel]:
        """Return the movements of a leg's link; one has a phase where all lanes of it have the same."""
        assert leg.link is not None
        found: dict[tuple[int, int], list[ConnectionModel]] = {}
        for key in leg.link.keys:
            for way in self.connections(leg, key):
                found.setdefault((way.downstream.region, way.downstream.id), []).append(way)
        phases = ({way.phase for way in ways} for ways in found.values())
        return [
            MovementModel(downstream=ways[0].downstream, phase=min(own) if len(own) == 1 and None not in own else None)  # type: ignore[type-var]
            for ways, own in zip(found.values(), phases, strict=True)
        ]

    def _maneuver(self, leg: Leg, target: Leg) -> Maneuver:
        """Return the direction from a leg to another by the lines; straight ahead is the straightest way."""
        angle = self._angle(leg, target)
        least = min((abs(self._angle(leg, other)) for other in self._legs if other.exit is not None), default=180.0)
        if abs(angle) <= _STRAIGHT_DEG or (abs(angle) <= _BENT_DEG and abs(angle) == least):
            return "straight"
        if abs(angle) > _UTURN_DEG and (target is leg or leg.exit is None):
            return "uturn"
        return "right" if angle > 0 else "left"

    @staticmethod
    def _angle(leg: Leg, target: Leg) -> float:
        """Return how far a way turns, in degrees, to the right positive."""
        assert leg.link is not None and target.exit is not None
        return float(heading_difference(target.exit.heading_deg, leg.link.heading_deg))

    def _numbered(self) -> dict[str, int]:
        """Return the phase of each signal: the file's number, else counted clockwise from north, from the left."""
        order = [key for leg in self._legs if leg.link is not None for key in leg.link.keys]
        turns = sorted(self._turns, key=lambda turn: order.index(turn.start))
        signals = [turn.signal for turn in turns] + [walk.signal for walk in self._network.walks]
        named = list(dict.fromkeys(signal for signal in signals if signal is not None))
        if self._network.keeps_numbers:
            return {signal: int(signal) for signal in named if signal.isdecimal() and 1 <= int(signal) <= 255}
        return {signal: number for number, signal in enumerate(named[:255], 1)}
