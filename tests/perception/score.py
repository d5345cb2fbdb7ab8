"""How good tracks are against the truth, each track compared at its own time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linear_sum_assignment

from perception.geo import heading_difference
from perception.results import Tracks
from sim.frames import WorldFrame

CUT_M = 5.0  # GOSPA's c; p = 2, alpha = 2


@dataclass
class Score:
    """Sums over all looks. Only road users within `radius` of the centre count."""

    radius: float = 60.0
    position: list[float] = field(default_factory=list)  # m
    speed: list[float] = field(default_factory=list)  # m/s
    heading: list[float] = field(default_factory=list)  # deg, of road users faster than 2 m/s
    gospa: list[float] = field(default_factory=list)
    users: int = 0
    missed: int = 0
    false: int = 0
    id_switches: int = 0
    wrong_kind: int = 0
    age_ms: list[float] = field(default_factory=list)
    position_nees: list[float] = field(default_factory=list)
    _carrier: dict[int, int] = field(default_factory=dict)  # user -> track

    def look(self, tracks: Tracks, world: Callable[[int], WorldFrame], now_ns: int) -> None:
        """Compare the present report with the truth."""
        frame = world(now_ns)
        true = np.flatnonzero(np.hypot(*frame.position_m.T) < self.radius)
        at_own_time = [self._truth_of(world(int(stamp)), frame.id) for stamp in tracks.stamp_ns]
        distance = np.full((len(frame.id), len(tracks)), np.inf)
        for column, (place, _, _) in enumerate(at_own_time):
            distance[:, column] = np.hypot(*(place - tracks.position_m[column]).T)
        cost = np.nan_to_num(np.minimum(distance, CUT_M), nan=CUT_M) ** 2
        rows, columns = linear_sum_assignment(cost)
        made = [(r, c) for r, c in zip(rows, columns, strict=True) if distance[r, c] < CUT_M]
        inside = set(true.tolist())
        pairs = [(r, c) for r, c in made if r in inside]
        matched = {c for _, c in made}
        false = [c for c in range(len(tracks)) if c not in matched and np.hypot(*tracks.position_m[c]) < self.radius]
        self.users += len(true)
        self.missed += len(true) - len(pairs)
        self.false += len(false)
        squares = sum(distance[r, c] ** 2 for r, c in pairs)
        self.gospa.append(float(np.sqrt(squares + CUT_M**2 / 2 * (len(true) - len(pairs) + len(false)))))
        for r, c in pairs:
            self._pair(tracks, c, frame, r, at_own_time[c], now_ns)

    def _pair(self, tracks, c, frame, r, own, now_ns) -> None:
        user, track = int(frame.id[r]), int(tracks.id[c])
        self.id_switches += self._carrier.get(user, track) != track
        self._carrier[user] = track
        error = own[0][r] - tracks.position_m[c]
        self.position.append(float(np.hypot(*error)))
        self.position_nees.append(float(error @ np.linalg.inv(tracks.covariance[c, :2, :2]) @ error))
        self.speed.append(float(abs(np.hypot(*own[1][r]) - np.hypot(*tracks.velocity_mps[c]))))
        if np.hypot(*own[1][r]) > 2.0:
            self.heading.append(float(abs(heading_difference(own[2][r], tracks.heading_deg[c]))))
        self.wrong_kind += int(frame.kind[r]) != int(tracks.kind[c])
        self.age_ms.append((now_ns - int(tracks.stamp_ns[c])) / 1e6)

    @staticmethod
    def _truth_of(frame: WorldFrame, ids):
        """Return position, velocity, heading of the users by id; NaN for those that are not there."""
        position, velocity, heading = (
            np.full((len(ids), 2), np.nan),
            np.full((len(ids), 2), np.nan),
            np.full(len(ids), np.nan),
        )
        _, here, there = np.intersect1d(ids, frame.id, return_indices=True)
        position[here], velocity[here], heading[here] = (
            frame.position_m[there],
            frame.velocity_mps[there],
            frame.heading_deg[there],
        )
        return position, velocity, heading

    def summary(self) -> dict[str, float]:
        """Return the figures by name."""

        def p95(values: list[float]) -> float:
            return round(float(np.nanpercentile(values, 95)), 3) if values else float("nan")

        return {
            "position_p95_m": p95(self.position),
            "speed_p95_mps": p95(self.speed),
            "heading_p95_deg": p95(self.heading),
            "heading_unknown": round(float(np.mean(np.isnan(self.heading))), 4) if self.heading else 0.0,
            "gospa": round(float(np.mean(self.gospa)), 3),
            "missed": round(self.missed / max(self.users, 1), 4),
            "false": round(self.false / max(self.users, 1), 4),
            "id_switches": self.id_switches,
            "wrong_kind": round(self.wrong_kind / max(len(self.position), 1), 4),
            "nees": round(float(np.mean(self.position_nees)), 2) if self.position_nees else float("nan"),
            "age_p95_ms": p95(self.age_ms),
            "users": len(self._carrier),
        }
