"""The one body that explains a whole blob best: an old or a new road user, and its class."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from perception.objects import Floats, Ints, Mask, RoadUser
from perception.video.blobs import Blobs
from perception.video.boxes import Boxes
from perception.video.builds import BUILDS
from perception.video.fit import Fitter, Guess
from perception.video.follow import Expected, by_motion
from perception.video.raster import Raster
from perception.video.search import FoundBody
from perception.video.silhouette import Silhouettes, silhouettes

REVIEW = 5  # pictures after which the class of a lone road user is reviewed
FORGET = 0.8  # share of a class's earlier cost that counts at the next review
OTHER_CLASS = 4.0  # squared sigmas by which another class must explain a road user better
UNLIKELY = 60.0  # squared sigmas; no class is less likely


class Singles(NamedTuple):
    """For every blob, the one body that explains it best."""

    guess: Guess  # (n,)
    corners_px: Floats  # (n, 16, 2) px
    shapes: Silhouettes
    misfit: Floats  # (n,)
    due: Mask  # (n,) every class was tried
    place: Ints  # (n,) its row in `tried`
    tried: Guess  # (k, m)
    cost: Floats  # (k, m)


def singles_of(fitter: Fitter, raster: Raster, blobs: Blobs, known: Expected) -> Singles:
    """Return the bodies that explain whole blobs; the class of a road user alone for long is reviewed only at times."""
    rows = [[row for row in known.order if known.label[row] == label] for label in blobs.label]
    due = np.array(
        [len(of) != 1 or known.users.solo[of[0]] < 2 * REVIEW or known.users.looks[of[0]] % REVIEW == 0 for of in rows],
        dtype=np.bool_,
    )
    full = raster.full(blobs.box_px)
    asked = np.flatnonzero(due)
    boxes = Boxes(full[asked], blobs.seen[asked], np.full(len(asked), RoadUser.UNKNOWN), np.ones(len(asked)))
    fill = blobs.area[asked] / np.prod(blobs.box_px[asked, 2:] - blobs.box_px[asked, :2], axis=1)
    tried, cost = fitter.hypotheses(boxes, fill)
    cost = np.where(np.isfinite(cost), cost, np.inf)
    for place, blob in enumerate(asked.tolist()):
        if len(rows[blob]) == 1:
            cost[place] += by_motion(
                known.users, rows[blob][0], tried.at((np.full(cost.shape[1], place), np.arange(cost.shape[1])))
            )
    best = tried.at((np.arange(len(asked)), np.argmin(cost, axis=1)))
    old = known.guess.at(np.array([of[0] for of, asks in zip(rows, due, strict=True) if not asks], dtype=np.int64))
    order = np.argsort(np.concatenate([asked, np.flatnonzero(~due)]), kind="stable")
    guess = Guess.joined([best, old]).at(order)
    bodies = fitter.refined(guess, full, blobs.seen, np.ones(len(full)))
    state = np.concatenate([bodies.position_m, bodies.size_m], axis=1)
    guess = guess._replace(state_m=state)
    corners = raster.outlines(guess)
    return Singles(guess, corners, silhouettes(corners), bodies.misfit, due, np.cumsum(due) - 1, tried, cost)


def single_of(blobs: Blobs, known: Expected, singles: Singles, row: int, score: float) -> FoundBody:
    """Return the body that may explain all of a blob, as the known road user of the blob where there is just one."""
    rows = [each for each in known.order if known.label[each] == blobs.label[row]]
    guess = singles.guess.at(np.array([row]))
    return FoundBody(guess, rows[0] if len(rows) == 1 else -1, True, blobs.box_px[row], blobs.seen[row], score)


def renewed(single: FoundBody, known: Expected, singles: Singles, row: int) -> FoundBody:
    """Return a lone body with the class that it had before, unless another class explains it better by now."""
    old = single.known
    if old < 0 or not singles.due[row]:
        return single
    before = known.guess.at(np.array([old]))
    if not single.seen.all():
        return single._replace(guess=before)
    place = singles.place[row]
    cost, build = np.minimum(singles.cost[place], UNLIKELY), singles.tried.build[place]
    by_build = np.array([cost[build == each].min(initial=UNLIKELY) for each in range(len(BUILDS))])
    total = known.users.cost[old]
    total[:] = FORGET * total + by_build - by_build.min()
    best = int(np.argmin(total - OTHER_CLASS * (np.arange(len(BUILDS)) == before.build[0])))
    tried = singles.tried.at((np.array([place]), np.array([int(np.argmin(np.where(build == best, cost, np.inf)))])))
    if best == before.build[0]:
        tried = tried._replace(usual_m=before.usual_m, spread_m=before.spread_m)
    return single._replace(guess=tried)
