"""The trackers that `make bench-fusion` compares: ours, the oracle that is told the associations, and public trackers.

Every tracker gets all scans of a cycle of 100 ms at its end, and says where the road users are then. Norfair, SORT,
OC-SORT and ByteTrack take one list of places a cycle, so the sensors are merged for them first (counted in their time);
the last three want boxes, which are drawn around the places. Stone Soup takes scan by scan, without Doppler, which its
KD-tree cannot mix with places.
"""

from __future__ import annotations

import datetime
import logging
import warnings
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from scipy.optimize import linear_sum_assignment

from perception.geo import Reference
from perception.objects import Detections, Floats, Ints, RoadUser
from perception.sensing.scan import DeviceScan, Scan, project
from perception.sensing.sensors import Sensors
from perception.sensor import Sensor
from perception.state.table import TrackTable
from perception.tracking import motion
from perception.tracking.association import judged
from perception.tracking.correction import correct
from perception.tracking.fusion import Fusion
from perception.tracking.settings import FusionSettings

REFERENCE = Reference(22.5431, 114.0579, 12.0)
COAST_S = 0.6  # for so long an unseen road user is still reported
CONFIRM = 3  # detections before it is


class Found(NamedTuple):
    """Road users as a tracker tells of them."""

    id: Ints  # (n,)
    position: Floats  # (n, 2) m
    velocity: Floats  # (n, 2) m/s


class Tracker(Protocol):
    """One tracker of the comparison."""

    def cycle(self, scans: Sequence[Detections], owners: Sequence[Ints], now_ns: int) -> Found:
        """Use the scans of a cycle, which are of these road users (-1: of none); tell where all are now."""


class Ours:
    """The product's fusion."""

    def __init__(self, sensors: Sequence[Sensor]) -> None:
        self.fusion = Fusion(sensors, FusionSettings(), REFERENCE)

    def cycle(self, scans: Sequence[Detections], owners: Sequence[Ints], now_ns: int) -> Found:
        """Use a cycle; the owners stay unknown."""
        for scan in scans:
            self.fusion.ingest(scan)
        tracks = self.fusion.tracks(now_ns)
        return Found(tracks.id, tracks.position_m, tracks.velocity_mps)


class Oracle:
    """The product's filter, told whose each detection is."""

    def __init__(self, sensors: Sequence[Sensor]) -> None:
        self._columns = {sensor.device: column for column, sensor in enumerate(sensors)}
        self._sensors = Sensors(sensors, np.inf, np.inf, 1.0)
        self._table = TrackTable.new(0, len(sensors))  # `vehicle` holds the road user
        self._time_ns = 0

    def cycle(self, scans: Sequence[Detections], owners: Sequence[Ints], now_ns: int) -> Found:
        """Use a cycle."""
        if scans:
            owner = np.concatenate(owners)
            known = np.flatnonzero(owner >= 0)
            by_device = [DeviceScan(self._columns[scan.device], scan, radial=False) for scan in scans]
            self._use(project(by_device, self._sensors).at(known), owner[known])
        table = self._table.take(np.flatnonzero(self._table.scans >= CONFIRM))
        motion.predict(table, (now_ns - self._time_ns) * 1e-9)
        return Found(table.vehicle, table.state[:2].T, table.state[2:].T)

    def _use(self, scan: Scan, owner: Ints) -> None:
        """Predict to the middle of the detections, begin the new, correct the seen, end those unseen for long."""
        first_ns = int(scan.stamp_ns.min())
        middle_ns = first_ns + int((scan.stamp_ns - first_ns).sum()) // len(scan)
        motion.predict(self._table, (middle_ns - self._time_ns) * 1e-9 if self._time_ns else 0.0)
        self._time_ns = middle_ns
        lag = ((scan.stamp_ns - middle_ns) * 1e-9).astype(np.float64)
        users, first = np.unique(owner, return_index=True)
        new = ~np.isin(users, self._table.vehicle)
        born = motion.newborn(scan.at(first[new]), lag[first[new]], self._sensors.radio)
        born.vehicle[:], born.scans[:], born.stamp_ns[:] = users[new], 1, scan.stamp_ns[first[new]]
        self._table = table = self._table.joined(born)
        again = np.setdiff1d(np.arange(len(scan)), first[new])
        row = np.argsort(table.vehicle)[np.searchsorted(np.sort(table.vehicle), owner[again])]
        again, row = again[np.argsort(row, kind="stable")], np.sort(row)
        pairs = judged(table, scan, lag, self._sensors, row, again)
        correct(table, pairs, scan, lag)
        table.scans += np.bincount(row, minlength=len(table))
        np.maximum.at(table.stamp_ns, row, scan.stamp_ns[again])
        self._table = table.take(np.flatnonzero(middle_ns - table.stamp_ns < COAST_S * 1e9))


class Merged(NamedTuple):
    """One list of places a cycle, true at `stamp_ns`."""

    stamp_ns: int
    position: Floats  # (n, 2) m
    size: Floats  # (n,) m: of the box


class Merger:
    """Joins several sensors' detections of the same road user in a cycle: the nearest within 2.5 m, averaged."""

    REACH_M = 2.5
    BOX_M, WALKER_BOX_M = 4.5, 2.5

    def __init__(self, sensors: Sequence[Sensor]) -> None:
        self._columns = {sensor.device: column for column, sensor in enumerate(sensors)}
        self._sensors = Sensors(sensors, np.inf, np.inf, 1.0)

    def merge(self, scans: Sequence[Detections]) -> Merged:
        """Return the places of a cycle; a place that one sensor alone saw counts too."""
        total, weight = np.zeros((0, 2)), np.zeros(0)
        walker = np.zeros(0, dtype=np.bool_)
        for scan in scans:
            seen = project([DeviceScan(self._columns[scan.device], scan, radial=False)], self._sensors)
            place, sure = seen.position_m.T, 1.0 / (seen.covariance_m2[0, 0] + seen.covariance_m2[1, 1])
            gap = np.hypot(*(total / np.maximum(weight, 1e-9)[:, None] - place[:, None]).transpose(2, 0, 1))
            row, column = linear_sum_assignment(np.minimum(gap, self.REACH_M))
            near = gap[row, column] < self.REACH_M
            row, column = row[near], column[near]
            total[column] += place[row] * sure[row, None]
            weight[column] += sure[row]
            walker[column] |= scan.kind[row] == RoadUser.PEDESTRIAN
            new = np.setdiff1d(np.arange(len(place)), row)
            total, weight = np.vstack([total, place[new] * sure[new, None]]), np.concatenate([weight, sure[new]])
            walker = np.concatenate([walker, scan.kind[new] == RoadUser.PEDESTRIAN])
        stamp_ns = sum(scan.stamp_ns for scan in scans) // max(len(scans), 1)
        return Merged(stamp_ns, total / weight[:, None], np.where(walker, self.WALKER_BOX_M, self.BOX_M))


class Norfair:
    """norfair, Euclidean distance on the ground."""

    def __init__(self, sensors: Sequence[Sensor]) -> None:
        import norfair

        self._norfair, self._merger = norfair, Merger(sensors)
        self._tracker = norfair.Tracker("euclidean", distance_threshold=3.0, hit_counter_max=8, initialization_delay=3)

    def cycle(self, scans: Sequence[Detections], owners: Sequence[Ints], now_ns: int) -> Found:
        """Use a cycle."""
        merged = self._merger.merge(scans)
        objects = self._tracker.update([self._norfair.Detection(points=place[None]) for place in merged.position])
        rows = [(one.id, *one.estimate[0], *one.estimate_velocity[0] * 10.0) for one in objects]
        return _ahead(rows, (now_ns - merged.stamp_ns) * 1e-9)


class Boxes:
    """SORT and its children, from the package trackers: boxes around the places, 10 px a metre."""

    PIXELS = 10.0
    SHOWN = 3  # frames without a detection after which a track is no longer told of

    def __init__(self, sensors: Sequence[Sensor], kind: str) -> None:
        import supervision
        import trackers

        self._supervision, self._merger = supervision, Merger(sensors)
        self._tracker = getattr(trackers, kind)(frame_rate=10.0, minimum_consecutive_frames=3)

    def cycle(self, scans: Sequence[Detections], owners: Sequence[Ints], now_ns: int) -> Found:
        """Use a cycle."""
        merged = self._merger.merge(scans)
        half = merged.size[:, None] / 2.0
        corners = (np.hstack([merged.position - half, merged.position + half]) + 1000.0) * self.PIXELS
        sure = np.full(len(corners), 0.9)
        self._tracker.update(self._supervision.Detections(xyxy=corners, confidence=sure))
        rows = []
        for track in self._tracker.tracks:
            if track.tracker_id >= 0 and track.time_since_update <= self.SHOWN:
                box, state = track.get_state_bbox() / self.PIXELS - 1000.0, track.state_estimator.kf.state.ravel()
                speed = state[4:6] if len(state) == 7 else (state[4:6] + state[6:8]) / 2.0
                rows.append((track.tracker_id, *(box[:2] + box[2:]) / 2.0, *speed / self.PIXELS * 10.0))
        return _ahead(rows, (now_ns - merged.stamp_ns) * 1e-9)


class StoneSoup:
    """Stone Soup: Kalman filter, KD-tree of the detections, global nearest neighbour, scan by scan."""

    def __init__(self, sensors: Sequence[Sensor]) -> None:
        from stonesoup.dataassociator.tree import DetectionKDTreeGNN2D
        from stonesoup.deleter.time import UpdateTimeDeleter
        from stonesoup.hypothesiser.distance import DistanceHypothesiser
        from stonesoup.initiator.simple import MultiMeasurementInitiator
        from stonesoup.measures import Mahalanobis
        from stonesoup.models.measurement.linear import LinearGaussian
        from stonesoup.models.transition.linear import CombinedLinearGaussianTransitionModel, ConstantVelocity
        from stonesoup.predictor.kalman import KalmanPredictor
        from stonesoup.types.detection import Detection
        from stonesoup.types.state import GaussianState
        from stonesoup.updater.kalman import KalmanUpdater

        self._detection = Detection
        self._columns = {sensor.device: column for column, sensor in enumerate(sensors)}
        self._sensors = Sensors(sensors, np.inf, np.inf, 1.0)
        self._models = [LinearGaussian(4, (0, 2), np.eye(2) * (0.6 if s.device[0] == "c" else 0.3)) for s in sensors]
        predictor = KalmanPredictor(CombinedLinearGaussianTransitionModel([ConstantVelocity(1.0)] * 2))
        updater = KalmanUpdater(self._models[0])
        self._updater = updater
        hypothesiser = DistanceHypothesiser(predictor, updater, Mahalanobis(), missed_distance=3.5)
        self._associator = DetectionKDTreeGNN2D(hypothesiser, predictor, updater, max_distance=6.0)
        deleter = UpdateTimeDeleter(datetime.timedelta(seconds=COAST_S), delete_last_pred=True)
        prior = GaussianState(np.zeros((4, 1)), np.diag([1.0, 100.0, 1.0, 100.0]))
        self._initiator = MultiMeasurementInitiator(
            prior, deleter, self._associator, updater, measurement_model=self._models[0], min_points=CONFIRM
        )
        self._deleter = deleter
        self._tracks: set[Any] = set()
        self._numbers: dict[str, int] = {}

    def cycle(self, scans: Sequence[Detections], owners: Sequence[Ints], now_ns: int) -> Found:
        """Use a cycle."""
        for scan in scans:
            column = self._columns[scan.device]
            seen = project([DeviceScan(column, scan, radial=False)], self._sensors)
            at = datetime.datetime.fromtimestamp(scan.stamp_ns / 1e9, datetime.UTC).replace(tzinfo=None)
            model = self._models[column]
            found = {
                self._detection(place[:, None], timestamp=at, measurement_model=model) for place in seen.position_m.T
            }
            self._scan(found, at)
        now = datetime.datetime.fromtimestamp(now_ns / 1e9, datetime.UTC).replace(tzinfo=None)
        rows = []
        for track in self._tracks:
            east, east_speed, north, north_speed = np.asarray(track.state_vector, dtype=float).ravel()
            ago = (now - track.timestamp).total_seconds()
            number = self._numbers.setdefault(track.id, len(self._numbers) + 1)
            rows.append((number, east + ago * east_speed, north + ago * north_speed, east_speed, north_speed))
        return _ahead(sorted(rows), 0.0)

    def _scan(self, found: set[Any], at: datetime.datetime) -> None:
        """Associate, update, delete, initiate, as its tutorials do."""
        used = set()
        for track, hypothesis in self._associator.associate(self._tracks, found, at).items():
            if hypothesis:
                track.append(self._updater.update(hypothesis))
                used.add(hypothesis.measurement)
            else:
                track.append(hypothesis.prediction)
        self._tracks -= self._deleter.delete_tracks(self._tracks)
        self._tracks |= self._initiator.initiate(found - used, at)


def _ahead(rows: Sequence[tuple[float, ...]], seconds: float) -> Found:
    """Return rows (id, east, north, their speeds) as they are some seconds later."""
    table = np.array(rows, dtype=np.float64).reshape(-1, 5)
    return Found(table[:, 0].astype(np.int64), table[:, 1:3] + seconds * table[:, 3:], table[:, 3:])


TRACKERS: dict[str, Callable[[Sequence[Sensor]], Tracker]] = {
    "ours": Ours,
    "oracle": Oracle,
    "norfair": Norfair,
    "sort": lambda sensors: Boxes(sensors, "SORTTracker"),
    "oc-sort": lambda sensors: Boxes(sensors, "OCSORTTracker"),
    "bytetrack": lambda sensors: Boxes(sensors, "ByteTrackTracker"),
    "stonesoup": StoneSoup,
}


def make(name: str, sensors: Sequence[Sensor]) -> Tracker | None:
    """Return a tracker, or None where its package is not installed."""
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")  # of the packages, not ours to mend
    try:
        return TRACKERS[name](sensors)
    except ImportError:
        return None
