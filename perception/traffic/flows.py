"""From counts to reported figures: means, percentiles, shares."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from perception.results import MOVEMENTS, DirectionFlow, LaneFlow, SpotFlow, TrafficPeriod
from perception.traffic.lanes import LaneMap
from perception.traffic.tally import Passage, SpotTally, TrafficTally, Turn

# congestion level by mean speed on the observed stretch, as a share of the limit; the limits of GB/T 33171-2016 for
# smooth, light, moderate and severe, in the four steps of GA/T 115
FREE, LIGHT, MODERATE = 0.5, 0.4, 0.3
LEAST_CONGESTION_S = 30.0  # shorter than a signal cycle a red light looks like a jam


class Flows:
    """Reports of one site."""

    def __init__(self, observed_m: float, lanes: LaneMap, loops: Sequence[str], zones: Sequence[str]) -> None:
        self._lanes = lanes
        self._stretch_m = np.minimum(observed_m, lanes.lengths)
        self._towards = [index for index, line in enumerate(lanes.lines) if not line.leads_away]
        self._loops, self._zones = list(loops), list(zones)
        self._ways: dict[tuple[str, str], list[int]] = {}  # (link, movement) -> lanes that lead there
        for index in self._towards:
            line = lanes.lines[index]
            for movement in dict.fromkeys(way.movement for way in line.connections):
                self._ways.setdefault((line.link, movement), []).append(index)

    def period(self, tally: TrafficTally, begin_ns: int, end_ns: int, cycle: bool = False) -> TrafficPeriod:
        """Return everything about one period."""
        return TrafficPeriod(
            start_ns=begin_ns,
            end_ns=end_ns,
            cycle=cycle,
            lanes=self._lane_flows(tally, begin_ns, end_ns),
            directions=self._direction_flows(tally),
            loops=self._spots(self._loops, tally.spots[: len(self._loops)], tally.seconds),
            zones=self._spots(self._zones, tally.spots[len(self._loops) :], tally.seconds),
        )

    def _lane_flows(self, tally: TrafficTally, begin_ns: int, end_ns: int) -> list[LaneFlow]:
        passages: dict[int, list[Passage]] = {}
        for passage in tally.passages:
            passages.setdefault(passage.lane, []).append(passage)
        turns: dict[int, Counter[str]] = {}
        for turn in tally.turns:
            turns.setdefault(turn.lane, Counter())[MOVEMENTS[turn.movement]] += 1
        return [
            self._lane(lane, tally, begin_ns, end_ns, passages.get(lane, []), turns.get(lane, Counter()))
            for lane in self._towards
        ]

    def _lane(
        self, lane: int, tally: TrafficTally, begin_ns: int, end_ns: int, own: list[Passage], turns: Counter[str]
    ) -> LaneFlow:
        line, seconds = self._lanes.lines[lane], tally.seconds
        speeds = [passage.speed_mps for passage in own]
        stretch = float(self._stretch_m[lane]) * seconds
        return LaneFlow(
            link=line.link,
            lane=line.lane,
            start_ns=begin_ns,
            end_ns=end_ns,
            volume=len(own),
            volume_by_kind=_by_kind(passage.kind for passage in own),
            volume_by_movement={movement: turns[movement] for movement in MOVEMENTS if turns[movement]},
            mean_speed_mps=_mean(speeds),
            speed_85_mps=_percentile_85(speeds),
            mean_length_m=_mean([passage.length_m for passage in own]),
            queue_length_m=float(tally.queue_length[lane]),
            queue_count=int(tally.queue_count[lane]),
            occupancy=min(1.0, float(tally.covered_s[lane]) / seconds) if seconds else 0.0,
            space_occupancy=min(1.0, float(tally.length_m_s[lane]) / stretch) if stretch else None,
            density_per_m=float(tally.present_s[lane]) / stretch if stretch else None,
            headway_s=_mean([passage.headway_s for passage in own if passage.headway_s is not None]),
            gap_s=_mean([passage.gap_s for passage in own if passage.gap_s is not None]),
            stops=int(tally.stops[lane]),
            delay_s=_mean([passage.delay_s for passage in own]),
            green_s=float(tally.green_s[lane]),
            congestion=self._congestion(lane, tally),
        )

    def _congestion(self, lane: int, tally: TrafficTally) -> int | None:
        """Return 0 (free) to 3 (severe); None: no vehicle was there, no limit is known, or it was short."""
        limit, present_s = self._lanes.lines[lane].speed_limit_mps, float(tally.present_s[lane])
        if limit is None or not present_s or tally.seconds < LEAST_CONGESTION_S:
            return None
        share = float(tally.travelled_m[lane]) / present_s / limit
        return sum(share < step for step in (FREE, LIGHT, MODERATE))

    def _direction_flows(self, tally: TrafficTally) -> list[DirectionFlow]:
        turns: dict[tuple[str, str], list[Turn]] = {}
        for turn in tally.turns:
            turns.setdefault((self._lanes.lines[turn.lane].link, MOVEMENTS[turn.movement]), []).append(turn)
        return [
            self._direction(link, movement, tally, turns.get((link, movement), [])) for link, movement in self._ways
        ]

    def _direction(self, link: str, movement: str, tally: TrafficTally, own: list[Turn]) -> DirectionFlow:
        longest = max(self._ways[link, movement], key=lambda lane: float(tally.queue_length[lane]))
        return DirectionFlow(
            link=link,
            movement=movement,
            volume=len(own),
            volume_by_kind=_by_kind(turn.kind for turn in own),
            queue_length_m=float(tally.queue_length[longest]),
            queue_count=int(tally.queue_count[longest]),
            delay_s=_mean([turn.delay_s for turn in own]),
        )

    @staticmethod
    def _spots(names: Sequence[str], tallies: Sequence[SpotTally], seconds: float) -> list[SpotFlow]:
        return [
            SpotFlow(
                name=name,
                volume=tally.kinds.total(),
                volume_by_kind=dict(sorted(tally.kinds.items())),
                mean_speed_mps=_mean(tally.speeds_mps),
                occupancy=min(1.0, tally.occupied_s / seconds) if seconds else 0.0,
                mean_count=tally.present_s / seconds if seconds else 0.0,
            )
            for name, tally in zip(names, tallies, strict=True)
        ]


def _by_kind(kinds: Iterable[int]) -> dict[int, int]:
    return dict(sorted(Counter(kinds).items()))


def _mean(values: Sequence[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None


def _percentile_85(values: Sequence[float]) -> float | None:
    """Return the 85th percentile, between the two nearest values in proportion."""
    if not values:
        return None
    ordered, at = sorted(values), 0.85 * (len(values) - 1)
    below = math.floor(at)
    return ordered[below] + (at - below) * (ordered[min(below + 1, len(ordered) - 1)] - ordered[below])
