"""Boxes in the picture to bodies on the road: the build and heading that explain the picture best.

A road user is a body on the road with the size that its class usually has. Its place, and its size as far as the
picture tells, are the ones at which its outline has the edges that were seen: the contact line gives the distance of
the near end, build and heading say how far the centre lies behind it. Edges that are hidden say nothing. The covariance
is that of the edges' pixels and of the sizes within the class, propagated through the view (Gauss-Newton, maximum a
posteriori).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from perception.objects import Floats, Ints, Mask, RoadUser
from perception.video.boxes import Bodies, Boxes
from perception.video.builds import BUILDS, KIND, MOTOR, SIZE, SPREAD, SURPRISE, box_of, outline
from perception.video.lanes import Lanes
from perception.video.silhouette import silhouettes
from perception.video.view import CameraView

HEADINGS = 8  # tried over a half turn
ANCHORINGS = 2  # steps in which every hypothesis is put in place
STEPS = 3  # of the refinement of the best one
NUDGE_M = 0.05  # step of the numerical derivatives
FLOOR_M = 0.15  # 1 sigma of errors that pixels do not show: the camera's calibration, bodies that are no boxes
ASKEW = 20.0  # squared sigmas: cost of a motor vehicle that stands across its lane
NEVER = 1e6  # cost of another class than the detector's
MISFIT = 9.0  # largest misfit of a body that explains its box, squared sigmas
NEAR_M = 1.0  # 1 sigma of a guess's place
FILL_SD = 0.07  # 1 sigma of the share of its box that a body fills
_UNKNOWNS = np.concatenate([np.zeros((1, 5)), np.eye(5) * NUDGE_M])


class Guess(NamedTuple):
    """Hypotheses (...): a build at a heading, the five unknowns, and the size that is expected before the picture."""

    build: Ints  # row of BUILDS
    heading_rad: Floats  # rad from x to y
    state_m: Floats  # (..., 5): x, y, length, width, height, m
    usual_m: Floats  # (..., 3) m
    spread_m: Floats  # (..., 3) m, 1 sigma

    def at(self, rows: Ints | Mask | tuple[Ints, Ints]) -> Guess:
        """Return some of the hypotheses, by rows (k,), a mask (n,), or a pair of rows (k,) and columns (k,)."""
        return Guess(
            self.build[rows], self.heading_rad[rows], self.state_m[rows], self.usual_m[rows], self.spread_m[rows]
        )

    @property
    def oddity(self) -> Floats:
        """Squared sigmas (...,) by which sizes differ from those of their class."""
        odd: Floats = (((self.state_m[..., 2:] - SIZE[self.build]) / SPREAD[self.build]) ** 2).sum(axis=-1)
        return odd

    @staticmethod
    def joined(guesses: list[Guess]) -> Guess:
        """Return all hypotheses of several guesses, one after the other."""
        return Guess(*(np.concatenate(column) for column in zip(*guesses, strict=True)))


class Fitter:
    """Fits bodies to boxes in the view of one camera."""

    def __init__(self, view: CameraView, lanes: Lanes, told: bool = True) -> None:
        """`lanes`: motor vehicles head along them; `told`: the detector knows motorcycles from bicycles."""
        self.view = view
        self._lanes = lanes
        round_ = [build.size_m[0] == build.size_m[1] for build in BUILDS]
        tried = [n for n, build in enumerate(BUILDS) if told or build.kind is not RoadUser.MOTORCYCLE]
        rows = [(n, turn) for n in tried for turn in range(1 if round_[n] else HEADINGS)]
        self._build = np.array([build for build, _ in rows])
        self._turn = np.array([turn for _, turn in rows]) * np.pi / HEADINGS
        off = np.abs((self._turn + np.pi / 2) % np.pi - np.pi / 2)
        self._askew = np.where(MOTOR[self._build] & (off > 1.5 * np.pi / HEADINGS), ASKEW, 0.0)

    def fit(self, boxes: Boxes, fill: Floats | None = None) -> Bodies:
        """Return the bodies that explain boxes (n, 4) px best; NaN where no body on the road can. `fill` (n,)."""
        guess, cost = self.hypotheses(boxes, fill)
        best = np.argmin(np.where(np.isfinite(cost), cost, np.inf), axis=1)
        return self.refined(guess.at((np.arange(len(best)), best)), boxes.box_px, boxes.seen, boxes.confidence)

    def hypotheses(self, boxes: Boxes, fill: Floats | None) -> tuple[Guess, Floats]:
        """Return every build at every heading, put in each box (n, m), and its cost (n, m), squared sigmas.

        `fill` (n,): share of its box that each road user fills; None: not seen.
        """
        foot = np.stack([(boxes.box_px[:, 0] + boxes.box_px[:, 2]) / 2, boxes.box_px[:, 3]], axis=-1)
        start = self.view.to_road(foot)
        scale = self.metres_per_pixel(start)
        guess, lane = self._started(start)
        wanted = _anchor(boxes.box_px, boxes.seen)
        for _ in range(ANCHORINGS):
            found = _anchor(
                box_of(outline(self.view, guess.build, guess.state_m, guess.heading_rad)), boxes.seen[:, None]
            )
            guess.state_m[..., :2] += np.einsum("nij,nmj->nmi", scale, wanted[:, None] - found)
        return guess, self._cost(boxes, fill, guess, scale) + np.where(lane[:, None], self._askew, 0.0)

    def standing(self, foot: Floats, sideways: Floats, nearer_m: Floats) -> Guess:
        """Return bodies (m,) of every build and heading that stand at a pixel (2,); none stands across its lane.

        Each is moved so that the pixel is under it at every share `sideways` (s,) of its width, and nearer to the
        camera by every `nearer_m` (d,).
        """
        start = self.view.to_road(foot)
        starts = start - start / np.hypot(*start) * nearer_m[:, None]
        feet = self.view.to_picture(np.column_stack([starts, np.zeros(len(starts))]))
        scale = self.metres_per_pixel(starts)
        guess, lane = self._started(starts)
        for _ in range(ANCHORINGS):
            box = box_of(outline(self.view, guess.build, guess.state_m, guess.heading_rad))
            at = np.stack([(box[..., 0] + box[..., 2]) / 2, box[..., 3]], axis=-1)
            guess.state_m[..., :2] += np.einsum("nij,nmj->nmi", scale, feet[:, None] - at)
        good = ~(lane[:, None] & (self._askew > 0))
        shift = (box[..., 2] - box[..., 0])[good][:, None] * sideways
        across = np.broadcast_to(scale[:, None, :, 0], (*good.shape, 2))[good]
        count = len(sideways)
        chosen = np.repeat(np.argwhere(good), count, axis=0)
        many = guess.at((chosen[:, 0], chosen[:, 1]))
        many.state_m[:, :2] += (across[:, None] * shift[..., None]).reshape(-1, 2)
        return many

    def metres_per_pixel(self, place: Floats) -> Floats:
        """Return how places (n, 2) on the road move with their pixels (n, 2, 2)."""
        nudges = np.array([[0.0, 0.0, 0.0], [NUDGE_M, 0.0, 0.0], [0.0, NUDGE_M, 0.0]])
        pixel = self.view.to_picture(np.concatenate([place, np.zeros((len(place), 1))], axis=1)[:, None] + nudges)
        forward = np.moveaxis(pixel[:, 1:] - pixel[:, :1], 1, 2) / NUDGE_M
        good = np.isfinite(forward).all(axis=(1, 2), keepdims=True)
        inverse: Floats = np.linalg.inv(np.where(good, forward, np.eye(2)))
        return inverse

    def refined(self, guess: Guess, box: Floats, seen: Mask, confidence: Floats) -> Bodies:
        """Return the bodies whose places and sizes fit best to the edges, seen (n, 4), of their boxes (n, 4) px."""
        near = guess.state_m[:, :2]
        weight = np.where(seen, self.view.pixel_sd**-2, 0.0)
        for _ in range(STEPS):
            information, pull, _ = self._pull(guess, near, box, weight)
            guess = guess._replace(state_m=guess.state_m + np.linalg.solve(information, pull[..., None])[..., 0])
        information, _, misfit = self._pull(guess, near, box, weight)
        covariance = np.linalg.inv(information)
        return Bodies(
            position_m=guess.state_m[:, :2],
            covariance_m2=covariance[:, :2, :2] + np.eye(2) * FLOOR_M**2,
            size_m=guess.state_m[:, 2:],
            heading_rad=guess.heading_rad,
            kind=KIND[guess.build],
            confidence=confidence,
            misfit=misfit,
            box_px=box_of(outline(self.view, guess.build, guess.state_m, guess.heading_rad)),
            number=np.zeros(len(near), np.int64),
        )

    def _started(self, start: Floats) -> tuple[Guess, Mask]:
        """Return every hypothesis (n, m), of usual size, at places (n, 2), and whether these are on a lane."""
        lane = self._lanes.heading(start)
        count = len(start), len(self._build)
        build = np.broadcast_to(self._build, count)
        heading = np.where(np.isnan(lane), 0.0, lane)[:, None] + self._turn
        state = np.concatenate([np.broadcast_to(start[:, None], (*count, 2)), SIZE[build]], axis=2)
        return Guess(build, heading, state, SIZE[build], SPREAD[build]), ~np.isnan(lane)

    def _cost(self, boxes: Boxes, fill: Floats | None, guess: Guess, scale: Floats) -> Floats:
        """Return the cost (n, m), squared sigmas, of explaining a box by a hypothesis, while sizes may still vary.

        fill (n,): as in `hypotheses`; scale (n, 2, 2) m/px.
        """
        corners = outline(self.view, guess.build, guess.state_m, guess.heading_rad)
        box = box_of(corners)
        off = box - boxes.box_px[:, None]
        pixels_per_metre = np.abs(np.linalg.det(scale)) ** -0.5
        length, width, height = SPREAD[self._build].T
        side = np.hypot(length, width) / 2
        slack_m = np.stack([side, height + 0.3 * length, side, 0.2 * side], axis=-1)  # by edge
        variance = self.view.pixel_sd**2 + (pixels_per_metre[:, None, None] * slack_m) ** 2
        cost: Floats = (off**2 / variance * boxes.seen[:, None]).sum(axis=-1)
        if fill is not None:
            covered = silhouettes(corners.reshape(-1, *corners.shape[2:])).area.reshape(cost.shape)
            filled = covered / np.prod(box[..., 2:] - box[..., :2], axis=-1)
            whole = np.asarray(boxes.seen.all(axis=1))
            cost += np.where(whole[:, None], ((filled - fill[:, None]) / FILL_SD) ** 2, 0.0)
        told = boxes.kind[:, None] != RoadUser.UNKNOWN
        other = np.where(told & (boxes.kind[:, None] != KIND[self._build]), NEVER, 0.0)
        return cost + np.where(told, other, SURPRISE[self._build])

    def _pull(self, guess: Guess, near: Floats, box: Floats, weight: Floats) -> tuple[Floats, Floats, Floats]:
        """Return the normal equations of a step, (n, 5, 5) and (n, 5), and the misfit (n,) before it."""
        nudged = guess.state_m[:, None] + _UNKNOWNS
        edges = box_of(outline(self.view, guess.build[:, None], nudged, guess.heading_rad[:, None]))
        slope = np.nan_to_num((edges[:, 1:] - edges[:, :1]) / NUDGE_M)  # (n, unknown, edge)
        off = box - edges[:, 0]
        firm, unusual = guess.spread_m**-2, guess.usual_m - guess.state_m[:, 2:]
        weighted = slope * weight[:, None]
        information = weighted @ np.moveaxis(slope, 1, 2)
        information[:, range(5), range(5)] += np.concatenate([np.full((len(firm), 2), NEAR_M**-2), firm], axis=1)
        pull = (weighted * off[:, None]).sum(axis=2)
        pull[:, :2] += NEAR_M**-2 * (near - guess.state_m[:, :2])
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
