"""How good tracks are against the truth: GOSPA, misses, false tracks, id switches, IDF1, errors."""

from __future__ import annotations

from collections import Counter

import numpy as np
from scipy.optimize import linear_sum_assignment

from perception.objects import Floats, Ints
from tests.bench.fusion_world import Crowd

CUT_M = 5.0  # GOSPA's c; p = 2, alpha = 2
KEPT_M = 1.5  # so near, a road user's track stays its track, as CLEAR MOT has it; another may happen to be nearer
RADIUS_M = 120.0  # a road user that enters or leaves farther out is not judged


class Score:
    """Sums over all looks."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._gospa: list[float] = []
        self._users = self._tracks = self._missed = self._false = self._switches = 0
        self._squares: list[Floats] = []
        self._speeds: list[Floats] = []
        self._carrier: dict[int, int] = {}  # road user -> track
        self._together: Counter[tuple[int, int]] = Counter()  # (road user, track) -> looks at which they are near

    def look(self, seconds: float, number: Ints, position: Floats, velocity: Floats) -> None:
        """Compare tracks (n,), (n, 2), (n, 2) with the truth of the same time."""
        here, place = self._crowd.at(seconds)
        gap = np.hypot(place[:, None, 0] - position[None, :, 0], place[:, None, 1] - position[None, :, 1])
        row, column = linear_sum_assignment(np.minimum(gap, CUT_M) ** 2)
        near = gap[row, column] < CUT_M
        row, column = row[near], column[near]
        judged = np.hypot(*place.T) < RADIUS_M
        unmatched = np.ones(len(number), dtype=np.bool_)
        unmatched[column] = False
        inside = np.hypot(*position.T) < RADIUS_M
        false = int((unmatched & inside).sum())
        row, column = row[judged[row]], column[judged[row]]
        missed = int(judged.sum()) - len(row)
        squares = gap[row, column] ** 2
        self._gospa.append(float(np.sqrt(squares.sum() + CUT_M**2 / 2 * (missed + false))))
        self._users, self._missed = self._users + int(judged.sum()), self._missed + missed
        self._tracks, self._false = self._tracks + len(column) + false, self._false + false
        self._squares.append(squares)
        true_speed = np.hypot(*self._crowd.velocity[here[row]].T)
        self._speeds.append(np.abs(np.hypot(*velocity[column].T) - true_speed))
        for user, track, gaps in zip(here[row].tolist(), number[column].tolist(), gap[row], strict=True):
            carrier = self._carrier.setdefault(user, track)
            if carrier != track and not (gaps[number == carrier] < KEPT_M).any():
                self._switches += 1
                self._carrier[user] = track
        near_row, near_column = np.nonzero((gap < CUT_M) & judged[:, None])
        self._together.update(zip(here[near_row].tolist(), number[near_column].tolist(), strict=True))

    def summary(self) -> dict[str, float]:
        """Return the figures by name; misses and false tracks as shares of the road users."""
        return {
            "gospa": round(float(np.mean(self._gospa)), 3),
            "missed": round(self._missed / max(self._users, 1), 5),
            "false": round(self._false / max(self._users, 1), 5),
            "id_switches": self._switches,
            "idf1": round(self._idf1(), 4),
            "position_rmse_m": round(float(np.sqrt(np.mean(np.concatenate(self._squares)))), 3),
            "speed_error_mps": round(float(np.mean(np.concatenate(self._speeds))), 3),
        }

    def _idf1(self) -> float:
        """Return the share of looks that one track for each road user, chosen for the whole time, explains."""
        users = {user: row for row, user in enumerate(sorted({user for user, _ in self._together}))}
        tracks = {track: column for column, track in enumerate(sorted({track for _, track in self._together}))}
        looks = np.zeros((len(users), len(tracks)))
        for (user, track), count in self._together.items():
            looks[users[user], tracks[track]] = count
        right = looks[linear_sum_assignment(looks, maximize=True)].sum()
        return float(2.0 * right / max(self._users + self._tracks, 1))
