"""New road users: bodies that explain the foreground that known road users leave, the nearest first.

The nearest body hides others and none hides it: it stands at the lowest pixel that is left, or explains all that is
left. Of each build two bodies are tried: the one that explains most, and the one that covers fewest other pixels. Then
bodies behind it are tried in the same way. The set of bodies that explains most is taken.
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

LEAST_PX, LEAST_M2 = 12, 0.3  # a smaller blob, and a smaller area facing the camera, is no road user
DEPTH = 5  # bodies that may stand one behind the other
WHOLE = 2  # number of the nearest bodies for which is tried whether they explain all that is left
BUDGET = 8  # searches for a nearest body in one picture: the remaining foreground waits for the next picture
DEARER = 1.75  # factor on the price of a motor vehicle: a truck is no box, and its rest must not become a car
PURE = 0.8  # price of a body's visible pixels in the choice of the body that covers fewest other pixels
PROMISING = 0.5  # share of the best score from which on a body is tried
BOXED = 3  # bodies that are fitted to the box of all that is left
SIDEWAYS = np.array([-0.3, 0.0, 0.3])  # offsets of the lowest pixel under a body, in widths of the body
NEARER_M = np.array([0.0, 2.0])  # distances by which a hidden foot may be nearer than the lowest pixel that is seen
_STEPS = np.array([[a, b] for a in (-1, 0, 1) for b in (-1, 0, 1)], dtype=np.float64)
_REACHES_M = (0.5, 0.2)
# sizes that are tried, and the direction in which a longer body grows: shares of the spread
_SIZES = np.array(
    [[a, b, c, d] for a, d in ((-1, 1), (-1, -1), (0, 0), (1, 1), (1, -1)) for b in (-1, 0, 1) for c in (-1, 0, 1)],
    dtype=np.float64,
)


class FoundBody(NamedTuple):
    """One body that explains a part of the foreground."""

    guess: Guess  # (1,)
    known: int  # row of the known road user; -1: new
    alone: bool  # it is the only body in its blob
    box_px: Floats  # (4,) px
    seen: Mask  # (4,) which edges are its own
    score_px2: float  # px2, as `Canvas.score`


class BodySearch:
    """Searches one camera's foreground for bodies."""

    def __init__(self, raster: Raster) -> None:
        self._raster = raster
        self._left = BUDGET

    def begin(self) -> None:
        """Begin another picture."""
        self._left = BUDGET

    def born(self, canvas: Canvas, box: Floats, odd: Floats, undos: list[Undo]) -> list[FoundBody]:
        """Return new bodies that explain the rest of a box (4,) px, and mark their pixels as explained.

        `odd` (builds,): as `scores`.
        """
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
        """Tell whether an area px2 in a box (4,) px is large enough for a road user."""
        return area >= max(LEAST_PX, LEAST_M2 * self._raster.square_under(box))

    def _best(
        self, canvas: Canvas, box: Floats, odd: Floats, depth: int, wide: bool
    ) -> tuple[float, list[tuple[Guess, float]]]:
        """Return the score of the bodies that together explain most in a box (4,) px, and each body with its score.

        Nearest first. `odd` (builds,): as `scores`; `depth`: most bodies; `wide`: every build is tried as the nearest
        body, not only the best one.
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
        """Return the scores (m,) px2 of bodies, see `Canvas.score`.

        `odd` (builds,): squared sigmas by which each build is odd in this blob, added to the oddity of the size.
        """
        square = self._raster.square(guess.state_m[:, :2]) * np.where(MOTOR[guess.build], DEARER, 1.0)
        return canvas.score(shapes, square, guess.oddity + odd[guess.build])

    def _candidates(self, canvas: Canvas, box: Floats, whole: bool) -> Guess | None:
        """Return the bodies that may be the nearest one in a box (4,) px; None: too little foreground is left.

        `whole`: also bodies that may explain all that is left in the box.
        """
        left = canvas.left_over(box)
        if left is None or not self._enough(left.area, left.box_px):
            return None
        self._left -= 1
        foot = self._raster.full(np.tile(left.foot_px, 2)[None])[0, :2]
        standing = self._raster.fitter.standing(foot, SIDEWAYS, NEARER_M if left.foot_hidden else NEARER_M[:1])
        return Guess.joined([self._boxed(left), standing]) if whole else standing

    def _boxed(self, left: LeftOver) -> Guess:
        """Return the bodies that may explain all that is left."""
        full, seen = self._raster.full(left.box_px[None]), left.seen[None]
        boxes = Boxes(full, seen, np.full(1, RoadUser.UNKNOWN), np.ones(1))
        guess, cost = self._raster.fitter.hypotheses(boxes, None)
        guess = Guess(*(column[0][np.argsort(cost[0], kind="stable")[:BOXED]] for column in guess))
        count = len(guess.build)
        bodies = self._raster.fitter.refined(
            guess, np.repeat(full, count, 0), np.repeat(seen, count, 0), np.zeros(count)
        )
        guess = guess._replace(state_m=np.concatenate([bodies.position_m, bodies.size_m], axis=1))
        return guess.at(bodies.misfit < 2 * MISFIT)

    def _settled(self, canvas: Canvas, guess: Guess, shape: Silhouettes, odd: Floats) -> tuple[Guess, float]:
        """Return a body moved and sized so that it explains most foreground, and its score; `odd` (builds,)."""
        moves = self._raster.moves(guess.state_m[:, :2])[0]
        offset = np.zeros(2)
        for reach in _REACHES_M:
            tries = offset + _STEPS * reach
            many = guess.at(np.zeros(len(tries), np.intp))
            score = self.scores(canvas, many, shape.moved(tries @ moves.T), odd)
            offset = tries[int(np.argmax(score))]
        guess.state_m[:, :2] += offset
        best = float(score.max())
        if MOTOR[guess.build[0]]:
            many = guess.at(np.zeros(len(_SIZES), np.intp))
            many.state_m[:, 2:] += _SIZES[:, :3] * many.spread_m
            ahead = np.stack([np.cos(many.heading_rad), np.sin(many.heading_rad)], axis=1)
            many.state_m[:, :2] += ahead * (_SIZES[:, 3:] * many.spread_m[:, :1] / 2)
            score = self.scores(canvas, many, silhouettes(self._raster.outlines(many)), odd)
            if score.max() > best:
                best, guess = float(score.max()), many.at(np.array([int(np.argmax(score))]))
        return guess, best


def stands_free(build: int, seen: Mask) -> bool:
    """Tell whether enough edges (4,) of a body in a crowd are seen; any part of a truck could be a cyclist."""
    return bool(np.count_nonzero(seen) >= (1 if MOTOR[build] else 2))


def _tops(guess: Guess, score: Floats, pure: Floats, wide: bool) -> list[int]:
    """Return the rows of the bodies to try.

    score (m,) px2; pure (m,) px2: worth less `PURE` of the visible pixels; `wide`: the body of each build that is best
    in either, else the one that scores best of all.
    """
    if not wide:
        return [int(np.argmax(score))]
    of_build = [np.flatnonzero(guess.build == build) for build in range(len(BUILDS))]
    return sorted({int(rows[np.argmax(worth[rows])]) for rows in of_build if len(rows) for worth in (score, pure)})
