"""The fused picture: own tracks and the neighbours', those of one road user intersected to one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from perception.corridor.estimates import TrackStates, at
from perception.corridor.intersection import intersect
from perception.corridor.neighbour import Neighbour
from perception.corridor.shared import NO_IDENTITY, CorridorTracks, SharedTracks
from perception.objects import Ints


def picture(own: SharedTracks, neighbours: Sequence[Neighbour], now_ns: int) -> CorridorTracks:
    """Return all road users that the box or a neighbour sees: n rows, the box's own first."""
    fused = at(own, now_ns)
    boxes: list[tuple[str, ...]] = [(own.box,)] * len(own)
    tracks, estimates = [own], [fused]
    for neighbour in neighbours:
        row, column = neighbour.same.own, neighbour.same.theirs
        both = intersect(fused.take(row), neighbour.corrected.take(column))
        fused.state[:, row], fused.covariance[:, :, row] = both
        for each in row.tolist():
            boxes[each] += (neighbour.now.box,)
        known = np.concatenate([each.global_id for each in tracks])
        further = _further(neighbour, known)
        tracks.append(neighbour.now.take(further))
        estimates.append(neighbour.corrected.take(further))
        boxes += [(neighbour.now.box,)] * len(further)
    return _joined(tracks, estimates, boxes, now_ns)


def _further(neighbour: Neighbour, known: Ints) -> Ints:
    """Return the neighbour's rows (k,) of road users of which the picture does not tell; known (n,): identities."""
    rows = np.setdiff1d(np.arange(len(neighbour.now)), neighbour.same.theirs)
    number = neighbour.now.global_id[rows]
    further: Ints = rows[(number == NO_IDENTITY) | ~np.isin(number, known)]
    return further


def _joined(
    tracks: Sequence[SharedTracks], estimates: Sequence[TrackStates], boxes: list[tuple[str, ...]], now_ns: int
) -> CorridorTracks:
    """Return the rows of all, the box's own first."""
    state = np.hstack([each.state for each in estimates])
    covariance = np.concatenate([each.covariance for each in estimates], axis=2)
    own, *others = tracks
    return CorridorTracks(
        stamp_ns=now_ns,
        global_id=np.concatenate([each.global_id for each in tracks]),
        id=np.concatenate([own.id, *(np.zeros_like(each.id) for each in others)]),
        position_m=np.ascontiguousarray(state[:2].T),
        velocity_mps=np.ascontiguousarray(state[2:].T),
        covariance=np.ascontiguousarray(np.moveaxis(covariance, -1, 0)),
        size_m=np.concatenate([each.size_m for each in tracks]),
        kind=np.concatenate([each.kind for each in tracks]),
        boxes=boxes,
    )
