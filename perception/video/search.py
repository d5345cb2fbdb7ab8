"""Who else is there: bodies that explain what is left of the foreground, from the front.

The nearest one hides others but is hidden by none: it stands at the lowest point that is left, or it is all that is
left. Of each build the body is tried that explains most, and the one that covers least of anything else; then who is
behind it; those that explain most together are taken.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from perception.objects import Floats, Mask, RoadUser
from perception.video.boxes import Boxes
from perception.video.builds import BUILDS, MOTOR
from perception.video.canvas import Canvas, LeftOver, Undo
from perception.video.fit import MISFIT, Guess
from perception.video.raster import Raster
from perception.video.silhouette import Silhouettes, silhouettes

LEAST_PX, LEAST_M2 = 12, 0.3  # what is smaller, facing the camera, is nobody
DEPTH = 5  # bodies that may stand one behind the other
WHOLE = 2  # of them, the nearest, that may be all that is left
BUDGET = 8  # looks for a nearest body in one picture: what is left then waits for the next picture
DEARER = 1.75  # what it costs more to be there for who is large: a truck's shape is no box, its rest is no car
PURE = 0.8  # price of a body's pixels where it shall cover little else
PROMISING = 0.5  # of the best score
BOXED = 3  # bodies that are fitted to all that is left
SIDEWAYS = np.array([-0.3, 0.0, 0.3])  # where the lowest point may be under a body, in widths
NEARER_M = np.array([0.0, 2.0])  # how far nearer than the lowest point that is seen a hidden foot may be
_STEPS = np.array([[a, b] for a in (-1, 0, 1) for b in (-1, 0, 1)], dtype=np.float64)
_REACHES_M = (0.5, 0.2)
# sizes that are tried, and which way a longer one grows: shares of the spread
_SIZES = np.array(
    [[a, b, c, d] for a, d in ((-1, 1), (-1, -1), (0, 0), (1, 1), (1, -1)) for b in (-1, 0, 1) for c in (-1, 0, 1)],
    dtype=np.float64,
)


class FoundBody(NamedTuple):
    """One body."""

    guess: Guess  # (1,)
    known: int  # row of those known before; -1: new
    alone: bool  # in its blob
    box: Floats  # (4,) px
    seen: Mask  # (4,) which edges are its own
    score: float  # px2, as `Canvas.score`


class BodySearch:
    """Searches one camera's foreground."""

    def __init__(self, raster: Raster) -> None:
        self._raster = raster
        self._left = BUDGET

    def begin(self) -> None:
        """Begin another picture."""
        self._left = BUDGET

    def born(self, canvas: Canvas, box: Floats, odd: Floats, undos: list[Undo]) -> list[FoundBody]:
        """Return who explains what is left in a box (4,) px, and mark it as explained; `odd`: as `scores`."""
        left, top = box[:2]
        _, _, stats, _ = cv2.connectedComponentsWithStats(canvas.rest(box), connectivity=8)
        found = []
        for x, y, width, height, area in stats[1:].tolist():
            place = np.array([left + x, top + y, left + x + width, top + y + height])
            if self._enough(area, place) and self._left > 0:
                for guess, score in self._best(canvas, place, odd, DEPTH, True)[1]:
                    corners = self._raster.outlines(guess)[0]
                    if (edges := canvas.edges(corners)) is not None:
                        found.append(FoundBody(guess, -1, False, *edges, score))
                    undos.append(canvas.explain(corners))
        return found

    def _enough(self, area: int, box: Floats) -> bool:
        return area >= max(LEAST_PX, LEAST_M2 * self._raster.square_under(box))

    def _best(
        self, canvas: Canvas, box: Floats, odd: Floats, depth: int, wide: bool
    ) -> tuple[float, list[tuple[Guess, float]]]:
        """Return the score of the bodies that explain best what is left in a box, and they with theirs, nearest first.

        `wide`: every build is tried as the nearest, not only the best.
        """
        guess = self._candidates(canvas, box, depth > DEPTH - WHOLE) if depth else None
        if guess is None:
            return 0.0, []
        shapes = silhouettes(self._raster.outlines(guess))
        score = self.scores(canvas, guess, shapes, odd)
        best: tuple[float, list[tuple[Guess, float]]] = (0.0, [])
        for row in _tops(guess, score, canvas.gain(shapes) - PURE * canvas.open(shapes), wide):
            if score[row] > max(0.0, PROMISING * float(score.max())):
                one, worth = self._settled(canvas, guess.at(np.array([row])), shapes.at(row), odd)
                corners = self._raster.outlines(one)[0]
                edges = canvas.edges(corners)
                if edges is None or not stands_free(int(one.build[0]), edges[1]):
                    continue
                undo = canvas.explain(corners)
                behind, others = self._best(canvas, box, odd, depth - 1, False)
                canvas.restore(undo)
                best = max(best, (worth + behind, [(one, worth), *others]), key=lambda each: each[0])
        return best

    def scores(self, canvas: Canvas, guess: Guess, shapes: Silhouettes, odd: Floats) -> Floats:
        """Return what bodies (m,) explain, less what they cost; see `Canvas.score`.

        `odd` (builds,): squared sigmas by which each build is odd here, whatever its size.
        """
        square = self._raster.square(guess.state[:, :2]) * np.where(MOTOR[guess.build], DEARER, 1.0)
        return canvas.score(shapes, square, guess.oddity + odd[guess.build])

    def _candidates(self, canvas: Canvas, box: Floats, whole: bool) -> Guess | None:
        """Return the bodies that may be the nearest one in a box; `whole`: those too that may be all that is in it."""
        left = canvas.left_over(box)
        if left is None or not self._enough(left.area, left.box):
            return None
        self._left -= 1
        foot = self._raster.full(np.tile(left.foot, 2)[None])[0, :2]
        standing = self._raster.fitter.standing(foot, SIDEWAYS, NEARER_M if left.foot_hidden else NEARER_M[:1])
        return Guess.joined([self._boxed(left), standing]) if whole else standing

    def _boxed(self, left: LeftOver) -> Guess:
        """Return the bodies that may be all that is left."""
        full, seen = self._raster.full(left.box[None]), left.seen[None]
        boxes = Boxes(full, seen, np.full(1, RoadUser.UNKNOWN), np.ones(1))
        guess, cost = self._raster.fitter.hypotheses(boxes, None)
        guess = Guess(*(column[0][np.argsort(cost[0], kind="stable")[:BOXED]] for column in guess))
        count = len(guess.build)
        bodies = self._raster.fitter.refined(
            guess, np.repeat(full, count, 0), np.repeat(seen, count, 0), np.zeros(count)
        )
        guess = guess._replace(state=np.concatenate([bodies.position, bodies.size], axis=1))
        return guess.at(bodies.misfit < 2 * MISFIT)

    def _settled(self, canvas: Canvas, guess: Guess, shape: Silhouettes, odd: Floats) -> tuple[Guess, float]:
        """Return a body where, and as large as, it explains most, and its score."""
        moves = self._raster.moves(guess.state[:, :2])[0]
        offset = np.zeros(2)
        for reach in _REACHES_M:
            tries = offset + _STEPS * reach
            many = guess.at(np.zeros(len(tries), np.intp))
            score = self.scores(canvas, many, shape.moved(tries @ moves.T), odd)
            offset = tries[int(np.argmax(score))]
        guess.state[:, :2] += offset
        best = float(score.max())
        if MOTOR[guess.build[0]]:
            many = guess.at(np.zeros(len(_SIZES), np.intp))
            many.state[:, 2:] += _SIZES[:, :3] * many.spread
            ahead = np.stack([np.cos(many.heading), np.sin(many.heading)], axis=1)
            many.state[:, :2] += ahead * (_SIZES[:, 3:] * many.spread[:, :1] / 2)
            score = self.scores(canvas, many, silhouettes(self._raster.outlines(many)), odd)
            if score.max() > best:
                best, guess = float(score.max()), many.at(np.array([int(np.argmax(score))]))
        return guess, best


def stands_free(build: int, seen: Mask) -> bool:
    """Tell whether enough edges (4,) of somebody in a crowd are seen; any part of a truck could be a cyclist."""
    return bool(np.count_nonzero(seen) >= (1 if MOTOR[build] else 2))


def _tops(guess: Guess, score: Floats, pure: Floats, wide: bool) -> list[int]:
    """Return the rows of the bodies that are worth trying."""
    if not wide:
        return [int(np.argmax(score))]
    of_build = [np.flatnonzero(guess.build == build) for build in range(len(BUILDS))]
    return sorted({int(rows[np.argmax(worth[rows])]) for rows in of_build if len(rows) for worth in (score, pure)})
