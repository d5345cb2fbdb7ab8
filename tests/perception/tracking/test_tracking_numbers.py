"""Numbers that a sensor keeps: evidence of whose a detection is, and of two tracks of one road user."""

from __future__ import annotations

import msgspec
import numpy as np

from perception.geo import Reference
from perception.objects import Detections, Floats, RoadUser
from perception.sensor import FieldOfView, Mount, Sensor
from perception.tracking.fusion import Fusion
from perception.tracking.settings import FusionSettings

CAMERA = Sensor(
    device="camera",
    mount=Mount(east_m=0.0, north_m=0.0, height_m=6.0, yaw_deg=0.0),
    field_of_view=FieldOfView(range_m=60.0, width_deg=120.0),
)
TICK_NS = 100_000_000


def seen(tick: int, places: Floats, numbers: list[int]) -> Detections:
    """Return pedestrians at places (n, 2), with numbers from 1 on."""
    count = len(places)
    return Detections(
        device="camera", stamp_ns=tick * TICK_NS, receipt_ns=tick * TICK_NS, position_m=places,
        covariance_m2=np.tile(0.09 * np.eye(2), (count, 1, 1)), velocity_mps=np.full((count, 2), np.nan),
        velocity_variance_m2ps2=np.full(count, np.nan), box_px=np.full((count, 4), np.nan),
        size_m=np.full((count, 3), np.nan), kind=np.full(count, RoadUser.PEDESTRIAN), confidence=np.full(count, 0.9),
        source_id=np.array(numbers) - 1, numbered=True,
    )  # fmt: skip


def turned_back(numbered: bool) -> bool:
    """Let two walk towards each other, meet, and turn back; return whether each has its own id in the end."""
    fusion = Fusion([CAMERA], FusionSettings(), Reference(22.5, 114.0, 0.0))
    ids = []
    for tick in range(1, 81):
        gap = 0.15 + abs(tick - 40) * 0.1  # m, of each from the middle
        scan = seen(tick, np.array([[20.0, -gap], [20.0, gap]]), [1, 2])
        fusion.ingest(scan if numbered else msgspec.structs.replace(scan, numbered=False))
        tracks = fusion.tracks(tick * TICK_NS)
        if tick in (35, 80):
            ids.append(tracks.id[np.argsort(tracks.position_m[:, 0])].tolist())
    return len(ids[0]) == 2 and ids[0] == ids[1]


def test_two_who_meet_and_turn_back_keep_their_ids_by_their_numbers() -> None:
    assert turned_back(numbered=True)
    assert not turned_back(numbered=False), "by place and motion alone they passed each other"


def test_one_that_is_seen_elsewhere_keeps_its_id() -> None:
    fusion = Fusion([CAMERA], FusionSettings(), Reference(22.5, 114.0, 0.0))
    for tick in range(1, 41):
        aside = 0.0 if tick <= 20 else 2.5
        fusion.ingest(seen(tick, np.array([[20.0, aside]]), [7]))
        tracks = fusion.tracks(tick * TICK_NS)
        if tick == 20:
            first = tracks.id.tolist()
    assert tracks.id.tolist() == first
    assert abs(tracks.position_m[0, 0] + 2.5) < 0.3
