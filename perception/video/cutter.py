"""Foreground to road users: known road users at their expected places, then new ones that explain the rest.

A blob that one body explains is one road user. In another blob the known road users are looked for first, the nearest
first; in the rest of the blob new ones are searched. The memory may be wrong: where one body, or other bodies, explain
a blob better than the known road users, these are taken.
"""

from __future__ import annotations

import numpy as np

from perception.objects import Floats, Mask, RoadUser
from perception.video import memory
from perception.video.blobs import Blobs, blobs_of
from perception.video.boxes import Bodies, Grey
from perception.video.builds import KIND
from perception.video.canvas import Canvas, Region, Undo
from perception.video.fit import MISFIT, Fitter, Guess
from perception.video.follow import IN_SIGHT, RIDES_MPS, SOLO, WALK_LOOKS, Expected, Follower, oddities
from perception.video.fullness import Fullness
from perception.video.raster import Raster
from perception.video.search import BodySearch, FoundBody
from perception.video.singles import REVIEW, Singles, renewed, single_of, singles_of

# ratio of scores from which on one new body, or several, replace the known road users of a blob
STRANGER, OTHERS = 1.1, 1.05
LEAST_FILL_PX = 60  # smallest blob from which the usual fullness of outlines is learned
HIDDEN_S = 5.0  # a hidden road user is remembered for so long
ALONE, TOGETHER = 0.7, 0.5  # confidence of the class


class Cutter:
    """Takes the blobs of one camera's foreground apart."""

    def __init__(self, fitter: Fitter, region: Mask, corner: tuple[int, int], scale: float) -> None:
        """`region` (height, width): pixels in which road users can be seen; `corner`, `scale`: as `Raster`."""
        self._fitter, self._region = fitter, Region(region)
        self._raster = Raster(fitter, corner, scale)
        self._search = BodySearch(self._raster)
        self._follower = Follower(self._raster, self._search)
        self._users = memory.nobody()
        self._fullness = Fullness()

    def bodies(self, solid: Grey, shade: Grey, after_s: float) -> Bodies:
        """Return the road users in a foreground (height, width), 255 or 0; without those that its edges cut.

        `shade` (height, width): above 0 where a shadow or a road user is; `after_s`: time since the last picture.
        """
        canvas = Canvas(solid, shade, self._region, self._fullness.empty)
        blobs = blobs_of(solid, self._region)
        known = self._follower.expected(self._users, blobs.labels, after_s)
        singles = singles_of(self._fitter, self._raster, blobs, known)
        self._fullness.saw(_fills(canvas, blobs, known, singles))
        self._search.begin()
        found: list[FoundBody] = []
        for row in sorted(range(len(blobs.label)), key=lambda row: blobs.label[row] not in known.label):
            found += self._in_blob(canvas, blobs, known, singles, row)
        return self._kept(canvas, known, found, after_s)

    def _in_blob(self, canvas: Canvas, blobs: Blobs, known: Expected, singles: Singles, row: int) -> list[FoundBody]:
        """Return the bodies in a blob, and mark their pixels as explained."""
        rows = [each for each in known.order if known.label[each] == blobs.label[row]]
        left, top, right, bottom = blobs.box_px[row].astype(int).tolist()
        place = slice(top, bottom), slice(left, right)
        open_px = canvas.unexplained(place, blobs.labels[place] == blobs.label[row])
        if not rows and open_px < 0.5 * blobs.area[row]:
            return []
        odd = oddities(known, rows)
        guess = singles.guess.at(np.array([row]))
        score = float(self._search.scores(canvas, guess, singles.shapes.at(row), odd)[0])
        single = single_of(blobs, known, singles, row, score)
        fits = (
            singles.misfit[row] < MISFIT
            and canvas.gain(singles.shapes.at(row))[0] > self._fullness.well * blobs.area[row]
        )
        doubtful = self._doubtful(single.guess, known.users, single.known if single.known >= 0 else None)
        if fits and len(rows) < 2 and not doubtful:
            canvas.explain(singles.corners_px[row])
            return [renewed(single, known, singles, row)]
        undos: list[Undo] = []
        parts = self._parts(canvas, known, rows, blobs.box_px[row], odd, undos)
        sure = sum(known.users.solo[each] >= SOLO for each in rows)
        worth = sum(part.score_px2 for part in parts) * (STRANGER if sure > 1 else 1.0)
        if 0 < single.score_px2 > worth and singles.misfit[row] < 1.5 * MISFIT:
            canvas.restore_all(undos, 0)
            canvas.explain(singles.corners_px[row])
            return [renewed(single, known, singles, row)]
        return parts

    def _doubtful(self, guess: Guess, users: memory.SeenUsers, row: int | None) -> bool:
        """Tell whether a seeming cyclist, known before as `row`, may be two pedestrians side by side."""
        build = guess.build[0 if row is None or len(guess.build) == 1 else row]
        rides = row is not None and users.solo[row] >= SOLO and float(np.hypot(*users.velocity_mps[row])) > RIDES_MPS
        return bool(KIND[build] == RoadUser.BICYCLE) and not rides

    def _parts(
        self, canvas: Canvas, known: Expected, rows: list[int], box: Floats, odd: Floats, undos: list[Undo]
    ) -> list[FoundBody]:
        """Return the bodies in a blob's box (4,) px: known road users, and new ones that explain the rest.

        Known ones that were seen alone less than `SOLO` times give way to new ones that explain the blob better.
        `odd` (builds,): as `BodySearch.scores`.
        """
        users = known.users
        sure = [row for row in rows if users.solo[row] >= SOLO and not self._doubtful(known.guess, users, row)]
        unsure = [row for row in rows if row not in sure]
        first = self._follower.again(canvas, known, sure, odd, self._fullness.again, undos)
        before = len(undos)
        parts = self._follower.again(canvas, known, unsure, odd, self._fullness.again, undos)
        parts += self._search.born(canvas, box, odd, undos)
        if any(_reviewed(int(users.looks[part.known])) for part in parts if part.known >= 0):
            canvas.restore_all(undos, before)
            others = self._search.born(canvas, box, odd, undos)
            if sum(part.score_px2 for part in others) > OTHERS * sum(part.score_px2 for part in parts):
                return first + others
            canvas.restore_all(undos, before)
            undos += [canvas.explain(self._raster.outlines(part.guess)[0]) for part in parts]
        return first + parts

    def _kept(self, canvas: Canvas, known: Expected, found: list[FoundBody], after_s: float) -> Bodies:
        """Remember the found and the hidden road users; return the found ones that no edge of the picture cuts."""
        users = known.users
        absent = sorted(set(known.order) - {each.known for each in found})
        in_sight = canvas.open(known.shapes) > IN_SIGHT * known.area_px2
        waits = (users.solo >= SOLO) & ~in_sight & (known.area_px2 > 1.0) & (users.hidden_s + after_s < HIDDEN_S)
        hidden = users.of(np.array([row for row in absent if waits[row]], dtype=np.int64)).hidden(after_s)
        guess = Guess.joined([memory.nobody().guess, *(each.guess for each in found)])
        box = np.array([each.box_px for each in found]).reshape(-1, 4)
        seen = np.array([each.seen for each in found], dtype=np.bool_).reshape(-1, 4)
        alone = np.array([each.alone for each in found], dtype=np.bool_)
        row = np.array([each.known for each in found], dtype=np.int64)
        before = memory.joined(users, memory.unknown(guess)).of(
            np.where(row < 0, len(users.looks) + np.arange(len(row)), row)
        )
        guess = guess._replace(heading_rad=before.headed(guess.heading_rad))
        bodies = self._fitter.refined(guess, self._raster.full(box), seen, np.where(alone, ALONE, TOGETHER))
        early = (bodies.kind == RoadUser.BICYCLE) & (before.looks < WALK_LOOKS)  # it may be a car from behind
        bodies = bodies._replace(kind=np.where(early, RoadUser.UNKNOWN, bodies.kind))
        good = np.asarray(np.isfinite(bodies.position_m).all(axis=1))
        now = before.seen(bodies, guess.build, guess.spread_m, alone & seen.all(axis=1), after_s)
        self._users = memory.joined(hidden, now.of(good))
        return bodies.of(good & self._complete(bodies.box_px))

    def _complete(self, box: Floats) -> Mask:
        """Return which bodies' boxes (n, 4) px the left, right and lower edge of the picture do not cut."""
        left_top, right_bottom = np.moveaxis(self._raster.own(box.reshape(-1, 2, 2)), 1, 0)
        size = np.array(self._region.seen.shape[::-1])
        complete: Mask = (left_top[:, 0] > -2) & (right_bottom < size + 2).all(axis=1)
        return complete


def _fills(canvas: Canvas, blobs: Blobs, known: Expected, singles: Singles) -> Floats:
    """Return the shares (k,) of their outlines that bodies fill which are alone in a blob and not cut or hidden."""
    count = np.array([known.label.count(label) for label in blobs.label.tolist()], dtype=np.int64)
    alone = (count < 2) & (singles.misfit < MISFIT) & blobs.seen.all(axis=1) & (blobs.area >= LEAST_FILL_PX)
    filled = canvas.filled(singles.shapes)
    return filled[alone & np.isfinite(filled)]


def _reviewed(looks: int) -> bool:
    """Tell whether the class of a road user is due for a review; the intervals double with the looks at it."""
    times, rest = divmod(looks, REVIEW)
    return rest == 0 and times.bit_count() == 1
