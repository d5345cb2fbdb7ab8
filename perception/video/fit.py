"""Boxes in the picture to bodies on the road: the box of each class and heading that explains the picture best.

A road user is a box on the road with the size that its class usually has. Its place, and its size as far as the picture
tells, are the ones at which its outline has the edges that were seen: the contact line gives the distance of the near
end, class and heading say how far the centre lies behind it. Edges that are hidden say nothing. The covariance is that
of the edges' pixels and of the sizes within the class, propagated through the view (Gauss-Newton, maximum a posteriori).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from perception.objects import Floats, Ints, RoadUser
from perception.video.boxes import Boxes, Mask
from perception.video.view import View

STEPS = 3  # of the refinement
ANCHORINGS = 2  # of the hypotheses
NUDGE = 0.05  # m, for derivatives
FLOOR_M = 0.15  # 1 sigma of what no pixel tells: the camera's calibration, bodies that are no boxes
LANE_M = 1.8  # from its centre line, still in the lane
ASKEW = 20.0  # cost, squared sigmas, of a motor vehicle that stands across its lane
MOTOR = (RoadUser.CAR, RoadUser.TRUCK, RoadUser.BUS)
HEADINGS = 8  # that are tried over a half turn


class Build(NamedTuple):
    """How road users of a class are built, m: length, width, height; their spread, 1 sigma; how common they are."""

    kind: RoadUser
    size: tuple[float, float, float]
    spread: tuple[float, float, float]
    share: float


BUILDS = (
    Build(RoadUser.CAR, (4.6, 1.82, 1.55), (0.35, 0.10, 0.14), 0.6),
    Build(RoadUser.TRUCK, (8.5, 2.45, 3.3), (1.2, 0.12, 0.3), 0.06),
    Build(RoadUser.BUS, (11.7, 2.52, 3.1), (0.6, 0.08, 0.15), 0.06),
    Build(RoadUser.MOTORCYCLE, (2.1, 0.8, 1.65), (0.15, 0.1, 0.12), 0.02),
    Build(RoadUser.BICYCLE, (1.75, 0.6, 1.7), (0.12, 0.08, 0.1), 0.1),
    Build(RoadUser.PEDESTRIAN, (0.5, 0.5, 1.7), (0.1, 0.08, 0.12), 0.16),
)
_CORNERS = np.array([[a, b, c] for a in (0.5, -0.5) for b in (0.5, -0.5) for c in (0.0, 1.0)])


class Bodies(NamedTuple):
    """n road users on the road, sensor frame, rows aligned."""

    position: Floats  # (n, 2) m, centre
    covariance: Floats  # (n, 2, 2) m2
    size: Floats  # (n, 3) m: length, width, height
    heading: Floats  # (n,) rad from x to y, of the long axis; ahead and behind are alike
    kind: Ints  # (n,) RoadUser
    misfit: Floats  # (n,) squared residuals in sigmas, of pixels and sizes; about 3 where all is well
    box: Floats  # (n, 4) px, of the fitted body


class Guess(NamedTuple):
    """Hypotheses, m of them: which build at which heading, and the five unknowns."""

    build: Ints  # (m,) row of BUILDS
    heading: Floats  # (m,) rad
    state: Floats  # (m, 5): x, y, length, width, height


_SIZE = np.array([build.size for build in BUILDS])
_SPREAD = np.array([build.spread for build in BUILDS])
_KIND = np.array([build.kind for build in BUILDS])
_SURPRISE = -2 * np.log([build.share for build in BUILDS])


def outline(view: View, state: Floats, heading: Floats) -> Floats:
    """Return the corners (..., 8, 2) px of bodies (..., 5) at headings (...)."""
    along, across = np.cos(heading), np.sin(heading)
    own = _CORNERS * state[..., None, 2:]
    x = state[..., None, 0] + along[..., None] * own[..., 0] - across[..., None] * own[..., 1]
    y = state[..., None, 1] + across[..., None] * own[..., 0] + along[..., None] * own[..., 1]
    return view.to_picture(np.stack([x, y, own[..., 2]], axis=-1))


def boxes_of(view: View, state: Floats, heading: Floats) -> Floats:
    """Return the boxes (..., 4) px around the outlines."""
    corners = outline(view, state, heading)
    return np.concatenate([corners.min(axis=-2), corners.max(axis=-2)], axis=-1)


class Fitter:
    """Fits bodies to boxes in the view of one camera."""

    def __init__(self, view: View, lanes: Sequence[Floats] = ()) -> None:
        """`lanes`: centre lines (k, 2) m, sensor frame; motor vehicles in a lane head along it."""
        self._view = view
        pieces = [(line[:-1], line[1:]) for line in lanes]
        self._begin = np.concatenate([begin for begin, _ in pieces]) if pieces else np.zeros((0, 2))
        self._along = np.concatenate([end for _, end in pieces]) - self._begin if pieces else np.zeros((0, 2))
        turns = np.arange(HEADINGS) * np.pi / HEADINGS
        rows = [(build, turn) for build in range(len(BUILDS)) for turn in self._turns(build, turns)]
        self._build = np.array([build for build, _ in rows])
        self._heading = np.array([turn for _, turn in rows])

    @staticmethod
    def _turns(build: int, turns: Floats) -> Floats:
        length, width, _ = BUILDS[build].size
        return turns[:1] if length == width else turns

    def fit(self, boxes: Boxes) -> Bodies:
        """Return the bodies that explain the boxes; NaN where a box is of nothing on the road."""
        if not len(boxes.box):
            return Bodies(*(np.zeros((0, *shape)) for shape in ((2,), (2, 2), (3,), ())), np.zeros(0, np.int64),
                          np.zeros(0), np.zeros((0, 4)))  # fmt: skip
        weight = boxes.seen / self._view.pixel_sd**2
        guess = self._refined(self._best(boxes, weight), boxes.box, weight)
        return self._bodies(*guess)

    def _best(self, boxes: Boxes, weight: Floats) -> Guess:
        """Return the likeliest hypothesis for each box, of usual size."""
        state, heading, inverse = self._placed(boxes)
        cost = self._cost(boxes, weight, state, heading, inverse)
        best = np.argmin(np.where(np.isfinite(cost), cost, np.inf), axis=1)
        rows = np.arange(len(best))
        return Guess(self._build[best], self._heading[best], state[rows, best])

    def standing(self, foot: Floats, sideways: Floats, nearer_m: Floats) -> tuple[Guess, Floats, Floats]:
        """Return bodies of every build and heading that stand at a pixel (2,), corners (m, 8, 2) and areas (m,) px.

        Each is moved so that the pixel is under it at all shares `sideways` of its width, and nearer by `nearer_m`.
        The area of those that stand across their lane is NaN.
        """
        start = self._view.to_road(foot)
        away = start / np.hypot(*start)
        starts = start - away * nearer_m[:, None]
        pixel = self._view.to_picture(np.column_stack([starts, np.zeros(len(starts))]))
        box = np.concatenate([pixel, pixel], axis=-1)
        boxes = Boxes(box, np.ones((len(box), 4), bool), np.zeros(len(box), np.int64), np.ones(len(box)))
        state, heading, inverse = self._placed(boxes)
        corners = outline(self._view, state, heading)
        width = np.ptp(corners[..., 0], axis=-1)
        shift = sideways[:, None, None] * width  # (sideways, nearer, hypotheses)
        states = np.broadcast_to(state, (len(sideways), *state.shape)).copy()
        states[..., :2] += inverse[:, None, :, 0] * shift[..., None]
        moved = corners + shift[..., None, None] * [1.0, 0.0]
        build, turned, area, odd = (
            np.broadcast_to(each, states.shape[:-1]).reshape(-1)
            for each in (self._build, self._heading, area_of(corners), self._askew(start[None])[0] > 0)
        )
        return Guess(build, turned, states.reshape(-1, 5)), moved.reshape(-1, 8, 2), np.where(odd, np.nan, area)

    def told(self, guess: Guess, seen: Mask) -> Bodies:
        """Return bodies that stand as guessed, with what their seen edges tell of their places."""
        box = boxes_of(self._view, guess.state, guess.heading)
        return self._bodies(*self._refined(guess, box, seen / self._view.pixel_sd**2))

    def _placed(self, boxes: Boxes) -> tuple[Floats, Floats, Floats]:
        """Return every hypothesis for every box (n, m, 5), headings, and the road's metres per pixel (n, 2, 2)."""
        count, tried = len(boxes.box), len(self._build)
        state = np.zeros((count, tried, 5))
        state[..., 2:] = _SIZE[self._build]
        foot = np.stack([(boxes.box[:, 0] + boxes.box[:, 2]) / 2, boxes.box[:, 3]], axis=-1)
        start = self._view.to_road(foot)
        state[..., :2] = start[:, None]
        heading = np.broadcast_to(self._heading, (count, tried))
        inverse = self._pixel_to_road(start)
        wanted, known = _anchors(boxes)
        for _ in range(ANCHORINGS):
            found, _ = _anchors(Boxes(boxes_of(self._view, state, heading), boxes.seen[:, None], *boxes[2:]))
            state[..., :2] += np.einsum("nij,nmj->nmi", inverse, (wanted[:, None] - found) * known[:, None])
        return state, heading, inverse

    def _askew(self, place: Floats) -> Floats:
        """Return for places (n, 2) the cost (n, m) of heading across the lane there."""
        cost = np.zeros((len(place), len(self._build)))
        if not len(self._begin):
            return cost
        square = np.maximum((self._along**2).sum(axis=1), 1e-9)
        share = np.clip(((place[:, None] - self._begin) * self._along).sum(axis=2) / square, 0, 1)
        off = np.hypot(*np.moveaxis(place[:, None] - self._begin - share[..., None] * self._along, -1, 0))
        nearest = np.argmin(off, axis=1)
        lane = np.arctan2(self._along[nearest, 1], self._along[nearest, 0])
        turn = np.abs((self._heading - lane[:, None] + np.pi / 2) % np.pi - np.pi / 2)
        inside = off[np.arange(len(place)), nearest] < LANE_M
        motor = np.isin(_KIND[self._build], MOTOR)
        cost[inside] = np.where(motor & (turn[inside] > np.pi / HEADINGS), ASKEW, 0.0)
        return cost

    def _pixel_to_road(self, place: Floats) -> Floats:
        """Return how a place on the road moves with its pixel (n, 2, 2), m/px."""
        nudges = np.array([[0.0, 0.0], [NUDGE, 0.0], [0.0, NUDGE]])
        points = np.concatenate([place[:, None] + nudges, np.zeros((len(place), 3, 1))], axis=-1)
        pixel = self._view.to_picture(points)
        forward = np.stack([pixel[:, 1] - pixel[:, 0], pixel[:, 2] - pixel[:, 0]], axis=-1) / NUDGE
        forward[~np.isfinite(forward).all(axis=(1, 2))] = np.eye(2)
        return np.linalg.inv(forward)

    def _cost(self, boxes: Boxes, weight: Floats, state: Floats, heading: Floats, inverse: Floats) -> Floats:
        """Return how badly each hypothesis (n, m) explains its box, while sizes may still vary."""
        off = boxes_of(self._view, state, heading) - boxes.box[:, None]
        scale = 1 / np.abs(inverse[:, 0, 1] * inverse[:, 1, 0] - inverse[:, 0, 0] * inverse[:, 1, 1])  # px2 / m2
        spread = _SPREAD[self._build]
        wide = np.hypot(spread[:, 0], spread[:, 1]) / 2
        slack = np.stack([wide, spread[:, 2] + 0.3 * spread[:, 0], wide, 0.2 * wide], axis=-1)  # m of each edge
        across = np.sqrt(scale)[:, None, None] * slack
        variance = self._view.pixel_sd**2 + across**2
        misfit = (off**2 / variance * boxes.seen[:, None]).sum(axis=-1)
        rare = np.where(boxes.kind[:, None] == RoadUser.UNKNOWN, _SURPRISE[self._build], 0.0)
        other = (boxes.kind[:, None] != RoadUser.UNKNOWN) & (boxes.kind[:, None] != _KIND[self._build])
        return misfit + self._askew(state[:, 0, :2]) + rare + np.where(other, 1e6, 0.0)

    def _refined(self, guess: Guess, box: Floats, weight: Floats) -> tuple[Guess, Floats, Floats]:
        """Return the hypotheses with places and sizes fitted, their information (n, 5, 5) and misfit (n,)."""
        state = guess.state.copy()
        usual, firm = _SIZE[guess.build], 1 / _SPREAD[guess.build] ** 2
        for step in range(STEPS + 1):
            nudged = state[:, None] + np.concatenate([np.zeros((1, 5)), np.eye(5) * NUDGE])
            edges = boxes_of(self._view, nudged, np.broadcast_to(guess.heading[:, None], nudged.shape[:2]))
            slope = np.moveaxis(edges[:, 1:] - edges[:, :1], 1, 2) / NUDGE  # (n, edge, unknown)
            off = box - edges[:, 0]
            weighted = slope * weight[..., None]
            information = np.einsum("nei,nej->nij", weighted, slope)
            information[:, [2, 3, 4], [2, 3, 4]] += firm
            information[:, [0, 1], [0, 1]] += 1e-6  # where no edge tells
            pull = np.einsum("nei,ne->ni", weighted, off)
            pull[:, 2:] += firm * (usual - state[:, 2:])
            if step == STEPS:
                misfit = (off**2 * weight).sum(axis=1) + (firm * (usual - state[:, 2:]) ** 2).sum(axis=1)
                return guess._replace(state=state), information, misfit
            good = np.isfinite(information).all(axis=(1, 2)) & np.isfinite(pull).all(axis=1)
            change = np.zeros_like(state)
            change[good] = np.linalg.solve(information[good], pull[good][..., None])[..., 0]
            state[good] += change[good]
        raise AssertionError("the last step returns")

    def _bodies(self, guess: Guess, information: Floats, misfit: Floats) -> Bodies:
        good = np.isfinite(information).all(axis=(1, 2))
        covariance = np.full((len(good), 2, 2), np.nan)
        covariance[good] = np.linalg.inv(information[good])[:, :2, :2] + np.eye(2) * FLOOR_M**2
        return Bodies(
            position=np.where(good[:, None], guess.state[:, :2], np.nan),
            covariance=covariance,
            size=guess.state[:, 2:],
            heading=guess.heading,
            kind=_KIND[guess.build],
            misfit=misfit,
            box=boxes_of(self._view, guess.state, guess.heading),
        )


def _anchors(boxes: Boxes) -> tuple[Floats, Floats]:
    """Return the point (..., 2) px by which boxes are put in place, and which of its parts are known.

    The middle of the bottom edge; where an edge is hidden, the opposite one instead.
    """
    (left, top, right, bottom), (a, b, c, d) = (np.moveaxis(boxes.box, -1, 0), np.moveaxis(boxes.seen, -1, 0))
    u = np.where(a & c, (left + right) / 2, np.where(a, left, right))
    return np.stack([u, np.where(d, bottom, top)], axis=-1), np.stack([a | c, b | d], axis=-1)


_FACES = np.array([[0, 1, 3, 2], [4, 5, 7, 6], [0, 1, 5, 4], [2, 3, 7, 6], [0, 2, 6, 4], [1, 3, 7, 5]])


def area_of(corners: Floats) -> Floats:
    """Return the area (...) px2 of outlines (..., 8, 2): half of what all faces cover, because they cover it twice."""
    face = corners[..., _FACES, :]
    following = np.roll(face, -1, axis=-2)
    signed = (face[..., 0] * following[..., 1] - face[..., 1] * following[..., 0]).sum(axis=-1) / 2
    return np.abs(signed).sum(axis=-1) / 2
