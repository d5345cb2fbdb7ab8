"""Known road users: their expected places in this picture, and where near to these they are seen again."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from perception.objects import Floats, Ints, RoadUser
from perception.video import memory
from perception.video.builds import KIND
from perception.video.canvas import Canvas, Undo
from perception.video.fit import ASKEW, HEADINGS, Guess
from perception.video.raster import Raster
from perception.video.search import BodySearch, FoundBody, stands_free
from perception.video.silhouette import Silhouettes, silhouettes

SOLO = 3  # pictures in which a road user must have been alone and whole to be sure
RIDES_MPS = 2.2  # a slower seeming cyclist may be two pedestrians side by side
WALKS_MPS, WALK_LOOKS = 0.7, 3  # a slower road user stands; looks after which a speed is known
RUNS_MPS, PEDALS_MPS = 4.0, 12.0  # a faster road user is no pedestrian, no bicycle
WALKING, FAST = 12.0, 25.0  # squared sigmas: cost of a bicycle at walking speed; of a class that is never so fast
SIDEWAYS = float(np.sin(1.5 * np.pi / HEADINGS))  # of the angle between motion and axis: less is a heading tried
IN_SIGHT = 0.3  # smallest share of a known body that must be visible
REACHES_M = (1.8, 0.7, 0.45)  # largest distance along from the expected place: seen once, a few times, often
ACROSS_M = 0.3  # the same across
FAR = 0.05  # share of a body's pixels: cost of being at that distance
_GRID = np.array([[a, b] for a in np.arange(-1.0, 1.01, 0.25) for b in (-1, 0, 1)])
_FINE = np.array([[a, b] for a in (-0.5, 0.0, 0.5) for b in (-0.5, 0.0, 0.5)])


class Expected(NamedTuple):
    """The n known road users at their expected places in this picture, rows aligned."""

    users: memory.SeenUsers
    guess: Guess
    corners_px: Floats  # (n, 16, 2) px
    shapes: Silhouettes
    area_px2: Floats  # (n,) px2
    label: list[int]  # of the blob that holds it, 0: none
    order: list[int]  # rows, the nearest first


class Follower:
    """Finds known road users again in one camera's foreground."""

    def __init__(self, raster: Raster, search: BodySearch) -> None:
        self._raster, self._search = raster, search

    def expected(self, users: memory.SeenUsers, labels: Ints, after_s: float) -> Expected:
        """Return known road users at their expected places after a while; `labels` (height, width): of the blobs."""
        guess = users.after(after_s)
        corners = self._raster.outlines(guess)
        shapes = silhouettes(corners)
        label = [_label(labels, each) for each in corners]
        order = np.argsort(np.hypot(*guess.state_m[:, :2].T), kind="stable").tolist()
        return Expected(users, guess, corners, shapes, np.maximum(shapes.area, 1.0), label, order)

    def again(
        self, canvas: Canvas, known: Expected, rows: list[int], odd: Floats, least: float, undos: list[Undo]
    ) -> list[FoundBody]:
        """Return the known road users of the rows that are seen again, and mark their pixels as explained.

        `odd` (builds,): as `BodySearch.scores`; `least`: smallest share of a body's visible pixels that must be
        foreground.
        """
        found = []
        for row in rows:
            guess = self._moved(canvas, known, row)
            corners = self._raster.outlines(guess)
            shape = silhouettes(corners)
            in_sight = float(canvas.open(shape)[0])
            filled = float(canvas.filled(shape)[0])
            edges = canvas.edges(corners[0])
            stands = edges is not None and (known.users.solo[row] >= SOLO or stands_free(int(guess.build[0]), edges[1]))
            if in_sight > IN_SIGHT * known.area_px2[row] and filled > least and edges is not None and stands:
                score = float(self._search.scores(canvas, guess, shape, odd)[0])
                found.append(FoundBody(guess, row, False, *edges, score))
                undos.append(canvas.explain(corners[0]))
        return found

    def _moved(self, canvas: Canvas, known: Expected, row: int) -> Guess:
        """Return a known road user at the place, near to its expected one, at which it explains most foreground."""
        guess = known.guess.at(np.array([row]))
        looks = known.users.looks[row]
        reach = REACHES_M[0 if looks < 2 else 1 if looks < 5 else 2]
        sin, cos = np.sin(guess.heading_rad[0]), np.cos(guess.heading_rad[0])
        turn = np.array([[cos, sin], [-sin, cos]])
        to_px = turn @ self._raster.moves(guess.state_m[:, :2])[0].T
        shape = known.shapes.at(row)
        offset = np.zeros(2)
        for grid in (_GRID * [reach, ACROSS_M], _FINE * [reach / 4, ACROSS_M], _FINE * [reach / 8, ACROSS_M / 2]):
            tries = offset + grid
            gain = canvas.gain(shape.moved(tries @ to_px)) / known.area_px2[row]
            offset = tries[int(np.argmax(gain - FAR / reach * np.abs(tries).sum(axis=1)))]
        guess.state_m[:, :2] += offset @ turn
        return guess


def oddities(known: Expected, rows: list[int]) -> Floats:
    """Return the squared sigmas (builds,) by which builds are odd in a blob with these known road users.

    Two pedestrians side by side look like one cyclist, but are slower.
    """
    users = known.users
    speed = np.hypot(*users.velocity_mps[rows].T)
    small = np.isin(KIND[known.guess.build[rows]], (RoadUser.BICYCLE, RoadUser.PEDESTRIAN))
    walk = (users.looks[rows] >= WALK_LOOKS) & (speed > WALKS_MPS) & (speed < RIDES_MPS)
    return np.where(small.all() & walk.any() & (KIND == RoadUser.BICYCLE), WALKING, 0.0)


def by_motion(users: memory.SeenUsers, row: int, tried: Guess) -> Floats:
    """Return the squared sigmas (k,) by which the motion of a known road user speaks against each guess (k,).

    A car from behind looks like a bicycle from its side, but a bicycle does not move sideways.
    """
    if users.looks[row] < WALK_LOOKS:
        return np.zeros(len(tried.build))
    kind, velocity = KIND[tried.build], users.velocity_mps[row]
    speed = float(np.hypot(*velocity))
    walks = np.where((kind == RoadUser.BICYCLE) & (WALKS_MPS < speed < RIDES_MPS), WALKING, 0.0)
    limit = np.select([kind == RoadUser.PEDESTRIAN, kind == RoadUser.BICYCLE], [RUNS_MPS, PEDALS_MPS], np.inf)
    off = np.abs(np.sin(tried.heading_rad - np.arctan2(velocity[1], velocity[0])))
    aside = (kind != RoadUser.PEDESTRIAN) & (off > SIDEWAYS) & (speed > memory.HEADS_MPS)
    return np.asarray(walks + np.where(speed > limit, FAST, 0.0) + np.where(aside, ASKEW, 0.0))


def _label(labels: Ints, corners: Floats) -> int:
    """Return the label of the blob with most pixels in the box around a body (16, 2) px; 0: none."""
    if not np.isfinite(corners).all():
        return 0
    left, top = np.maximum(corners.min(axis=0), 0).astype(int)
    right, bottom = np.maximum(corners.max(axis=0), 0).astype(int) + 1
    inside = labels[top:bottom, left:right]
    counts = np.bincount(inside[inside > 0])
    return int(np.argmax(counts)) if len(counts) else 0
