"""Boxes in the picture to bodies on the road: the build and heading that explain the picture best.

A road user is a box on the road with the size that its class usually has. Its place, and its size as far as the picture
tells, are the ones at which its outline has the edges that were seen: the contact line gives the distance of the near
end, build and heading say how far the centre lies behind it. Edges that are hidden say nothing. The covariance is that
of the edges' pixels and of the sizes within the class, propagated through the view (Gauss-Newton, maximum a
posteriori).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from perception.objects import Floats, Ints, RoadUser
from perception.video.boxes import Bodies, Boxes, Mask
from perception.video.builds import BUILDS, KIND, MOTOR, SIZE, SPREAD, SURPRISE, area_of, box_of, outline
from perception.video.lanes import Lanes
from perception.video.view import View

HEADINGS = 8  # that are tried over a half turn
ANCHORINGS = 2  # steps in which every hypothesis is put in place
STEPS = 3  # of the refinement of the best one
NUDGE_M = 0.05  # for derivatives
FLOOR_M = 0.15  # 1 sigma of what no pixel tells: the camera's calibration, bodies that are no boxes
ASKEW = 20.0  # squared sigmas: cost of a motor vehicle that stands across its lane
NEVER = 1e6  # cost of another class than the detector's
_UNKNOWNS = np.concatenate([np.zeros((1, 5)), np.eye(5) * NUDGE_M])


class Guess(NamedTuple):
    """Hypotheses (...): which build at which heading, and the five unknowns."""

    build: Ints  # row of BUILDS
    heading: Floats  # rad from x to y
    state: Floats  # (..., 5): x, y, length, width, height, m

    def at(self, rows: Ints) -> Guess:
        """Return some of them."""
        return Guess(self.build[rows], self.heading[rows], self.state[rows])


class Fitter:
    """Fits bodies to boxes in the view of one camera."""

    def __init__(self, view: View, lanes: Lanes) -> None:
        """`lanes`: motor vehicles head along them."""
        self.view = view
        self._lanes = lanes
        turns = np.arange(HEADINGS) * np.pi / HEADINGS
        round_ = [build.size[0] == build.size[1] for build in BUILDS]
        rows = [(n, turn) for n in range(len(BUILDS)) for turn in (turns[:1] if round_[n] else turns)]
        self._build = np.array([build for build, _ in rows])
        self._heading = np.array([turn for _, turn in rows])

    def fit(self, boxes: Boxes) -> Bodies:
        """Return the bodies that explain the boxes; NaN where a box is of nothing on the road."""
        if not len(boxes.box):
            boxes = Boxes(np.zeros((0, 4)), np.zeros((0, 4), np.bool_), np.zeros(0, np.int64), np.zeros(0))
        foot = np.stack([(boxes.box[:, 0] + boxes.box[:, 2]) / 2, boxes.box[:, 3]], axis=-1)
        start = self.view.to_road(foot)
        scale = self._metres_per_pixel(start)
        state = self._anchored(start, scale, boxes.box, boxes.seen)
        cost = self._cost(boxes, state, scale)
        best = np.argmin(np.where(np.isfinite(cost), cost, np.inf), axis=1)
        guess = Guess(self._build[best], self._heading[best], state[np.arange(len(best)), best])
        return self._refined(guess, boxes.box, boxes.seen, boxes.confidence)

    def standing(self, foot: Floats, sideways: Floats, nearer_m: Floats) -> tuple[Guess, Floats, Floats]:
        """Return bodies of every build and heading that stand at a pixel (2,), corners (m, 8, 2) and areas (m,) px.

        Each is moved so that the pixel is under it at all shares `sideways` of its width, and nearer by `nearer_m`.
        The area of those that stand across their lane is NaN.
        """
        start = self.view.to_road(foot)
        starts = start - start / np.hypot(*start) * nearer_m[:, None]
        feet = self.view.to_picture(np.column_stack([starts, np.zeros(len(starts))]))
        scale = self._metres_per_pixel(starts)
        state = self._anchored(starts, scale, np.tile(feet, 2), np.ones((len(feet), 4), np.bool_))
        corners = outline(self.view, state, self._heading)
        shift = sideways[:, None, None] * np.ptp(corners[..., 0], axis=-1)  # (sideways, nearer, hypotheses)
        states = np.repeat(state[None], len(sideways), axis=0)
        states[..., :2] += scale[:, None, :, 0] * shift[..., None]
        moved = corners + shift[..., None, None] * [1.0, 0.0]
        area = np.where(self._askew(starts) > 0, np.nan, area_of(corners))
        build, heading, area = (
            np.broadcast_to(each, shift.shape).reshape(-1) for each in (self._build, self._heading, area)
        )
        return Guess(build, heading, states.reshape(-1, 5)), moved.reshape(-1, 8, 2), area

    def told(self, guess: Guess, seen: Mask, confidence: Floats) -> Bodies:
        """Return bodies that stand as guessed, with what their seen edges (n, 4) tell of their places."""
        return self._refined(guess, box_of(outline(self.view, guess.state, guess.heading)), seen, confidence)

    def _metres_per_pixel(self, place: Floats) -> Floats:
        """Return how places on the road move with their pixels (n, 2, 2)."""
        nudges = np.array([[0.0, 0.0, 0.0], [NUDGE_M, 0.0, 0.0], [0.0, NUDGE_M, 0.0]])
        pixel = self.view.to_picture(np.concatenate([place, np.zeros((len(place), 1))], axis=1)[:, None] + nudges)
        forward = np.moveaxis(pixel[:, 1:] - pixel[:, :1], 1, 2) / NUDGE_M
        good = np.isfinite(forward).all(axis=(1, 2), keepdims=True)
        inverse: Floats = np.linalg.inv(np.where(good, forward, np.eye(2)))
        return inverse

    def _anchored(self, start: Floats, scale: Floats, box: Floats, seen: Mask) -> Floats:
        """Return every hypothesis (n, m, 5), of usual size, where its outline stands in its box."""
        state = np.concatenate(
            [
                np.repeat(start[:, None], len(self._build), axis=1),
                np.repeat(SIZE[self._build][None], len(start), axis=0),
            ],
            axis=2,
        )
        wanted = _anchor(box, seen)
        for _ in range(ANCHORINGS):
            found = _anchor(box_of(outline(self.view, state, self._heading)), seen[:, None])
            state[..., :2] += np.einsum("nij,nmj->nmi", scale, wanted[:, None] - found)
        return state

    def _cost(self, boxes: Boxes, state: Floats, scale: Floats) -> Floats:
        """Return how badly each hypothesis (n, m) explains its box, squared sigmas, while sizes may still vary."""
        off = box_of(outline(self.view, state, self._heading)) - boxes.box[:, None]
        pixels_per_metre = np.abs(np.linalg.det(scale)) ** -0.5
        length, width, height = SPREAD[self._build].T
        side = np.hypot(length, width) / 2
        slack_m = np.stack([side, height + 0.3 * length, side, 0.2 * side], axis=-1)  # by edge
        variance = self.view.pixel_sd**2 + (pixels_per_metre[:, None, None] * slack_m) ** 2
        misfit = (off**2 / variance * boxes.seen[:, None]).sum(axis=-1)
        told = boxes.kind[:, None] != RoadUser.UNKNOWN
        other = np.where(told & (boxes.kind[:, None] != KIND[self._build]), NEVER, 0.0)
        cost: Floats = misfit + self._askew(state[:, 0, :2]) + np.where(told, other, SURPRISE[self._build])
        return cost

    def _askew(self, place: Floats) -> Floats:
        """Return the cost (n, m) of heading across the lane at places (n, 2)."""
        lane = self._lanes.heading(place)[:, None]
        turn = np.abs((self._heading - lane + np.pi / 2) % np.pi - np.pi / 2)
        return np.where(MOTOR[self._build] & (turn > np.pi / HEADINGS), ASKEW, 0.0)

    def _refined(self, guess: Guess, box: Floats, seen: Mask, confidence: Floats) -> Bodies:
        """Return the bodies whose places and sizes fit best."""
        state = guess.state
        weight = np.where(seen, self.view.pixel_sd**-2, 0.0)
        for _ in range(STEPS):
            information, pull, _ = self._pull(guess._replace(state=state), box, weight)
            state = state + np.linalg.solve(information, pull[..., None])[..., 0]
        guess = guess._replace(state=state)
        information, _, misfit = self._pull(guess, box, weight)
        return Bodies(
            position=state[:, :2],
            covariance=np.linalg.inv(information)[:, :2, :2] + np.eye(2) * FLOOR_M**2,
            size=state[:, 2:],
            heading=guess.heading,
            kind=KIND[guess.build],
            confidence=confidence,
            misfit=misfit,
            box=box_of(outline(self.view, state, guess.heading)),
        )

    def _pull(self, guess: Guess, box: Floats, weight: Floats) -> tuple[Floats, Floats, Floats]:
        """Return the normal equations of a step, (n, 5, 5) and (n, 5), and the misfit (n,) before it."""
        nudged = guess.state[:, None] + _UNKNOWNS
        edges = box_of(outline(self.view, nudged, guess.heading[:, None]))
        slope = np.nan_to_num((edges[:, 1:] - edges[:, :1]) / NUDGE_M)  # (n, unknown, edge)
        off = box - edges[:, 0]
        firm, unusual = SPREAD[guess.build] ** -2, SIZE[guess.build] - guess.state[:, 2:]
        weighted = slope * weight[:, None]
        information = weighted @ np.moveaxis(slope, 1, 2)
        information[:, range(5), range(5)] += np.concatenate([np.full((len(firm), 2), 1e-6), firm], axis=1)
        pull = (weighted * off[:, None]).sum(axis=2)
        pull[:, 2:] += firm * unusual
        misfit = (off**2 * weight).sum(axis=1) + (firm * unusual**2).sum(axis=1)
        return information, pull, misfit


def _anchor(box: Floats, seen: Mask) -> Floats:
    """Return the point (..., 2) px by which boxes are put in place.

    The middle of the bottom edge; where an edge is hidden, the opposite one instead.
    """
    left, top, right, bottom = np.moveaxis(box, -1, 0)
    u = np.where(seen[..., 0] == seen[..., 2], (left + right) / 2, np.where(seen[..., 0], left, right))
    v = np.where(seen[..., 3], bottom, top)
    return np.stack([u, v], axis=-1)
