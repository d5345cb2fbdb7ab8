"""The TI radar's driver: measurements and their stamps."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from hw.radar.ti import TiRadar
from hw.radar.ti_clock import FrameClock
from hw.radar.ti_frames import LAYOUTS, Table, TiFrame, encode
from hw.radar.ti_types import POINTS, SIDE_INFO, STATS, TARGETS
from perception.objects import Detections, PointCloud
from tests.hw import replay
from tests.hw.octets import written
from tests.hw.test_ti_frames import DEMO_FRAME
from tests.hw.ti_octets import MS, POINTS_ONLY, START_NS, driver, low_power_driver, low_power_tlv


def targets(*rows: tuple[int, tuple[float, float, float], tuple[float, float, float]]) -> Table:
    table = np.zeros(len(rows), LAYOUTS[TARGETS])
    for row, (tid, position, velocity) in enumerate(rows):
        table[row]["tid"], table[row]["position"], table[row]["velocity"] = tid, position, velocity
    table["confidence"] = 0.9
    return table


def frame_of(number: int) -> TiFrame:
    """Return a frame of an empty road: statistics, and no list."""
    return TiFrame(number, 0, {STATS: np.zeros(1, LAYOUTS[STATS])})


def detections(radar: TiRadar, *frames: TiFrame, receipt_ns: int = START_NS) -> list[Detections]:
    found = radar.received("data", b"".join(map(encode, frames)), receipt_ns)
    assert all(isinstance(one, Detections) for one in found)
    return [one for one in found if isinstance(one, Detections)]


def test_targets_are_turned_from_ti_axes_into_the_sensor_frame() -> None:
    [scan] = detections(driver(), TiFrame(1, 0, {TARGETS: targets((7, (2.0, 40.0, -5.0), (0.5, -12.0, 0.0)))}))
    assert scan.position_m.tolist() == [[40.0, -2.0]]  # forward, left
    assert scan.velocity_mps.tolist() == [[-12.0, -0.5]]
    assert scan.source_id.tolist() == [7] and scan.kind.tolist() == [0]
    assert scan.confidence == pytest.approx([0.9])
    assert np.isnan(scan.covariance_m2).all()  # the error covariance of this row is zero: says nothing
    assert np.isnan(scan.size_m).all() and np.isnan(scan.box_px).all()


def test_the_error_covariance_is_turned_from_range_and_azimuth_into_x_and_y() -> None:
    rows = targets((1, (0.0, 100.0, 0.0), (0, 0, 0)), (2, (50.0, 50.0, 0.0), (0, 0, 0)))
    rows["ec"] = np.diag([0.09, np.radians(1) ** 2, 1, 1])
    [scan] = detections(driver(), TiFrame(1, 0, {TARGETS: rows}))
    across = (100 * np.radians(1)) ** 2
    assert scan.covariance_m2[0] == pytest.approx(np.diag([0.09, across]), rel=1e-5)
    # to the right at 45 degrees: the line of sight goes x+ y-, the larger error lies across it
    values, vectors = np.linalg.eigh(scan.covariance_m2[1])
    assert values == pytest.approx([0.09, across / 2], rel=1e-5)
    assert abs(vectors[:, 0] @ [1, -1]) == pytest.approx(np.sqrt(2))


def test_a_tracking_radar_without_targets_sees_an_empty_road() -> None:
    [scan] = detections(driver(), TiFrame(1, 0, {STATS: np.ones(1, LAYOUTS[STATS])}))
    assert scan.position_m.shape == (0, 2) and scan.covariance_m2.shape == (0, 2, 2)


def test_rows_that_cannot_be_cost_only_themselves() -> None:
    bad = targets(
        (1, (0, 20, 0), (0, 0, 0)),
        (2, (np.nan, 20, 0), (0, 0, 0)),
        (3, (0, 2e9, 0), (0, 0, 0)),
        (4, (0, 9, 0), (0, 400, 0)),
    )
    radar = driver()
    [scan] = detections(radar, TiFrame(1, 0, {TARGETS: bad}))
    assert scan.source_id.tolist() == [1] and radar.counters == {"implausible": 3}


def test_duplicates_are_dropped_and_gaps_counted() -> None:
    radar = driver()
    numbers = [1, 2, 2, 3, 7, 3, 8, 1_000_000, 1]
    scans = detections(radar, *(TiFrame(number, 0, {TARGETS: targets()}) for number in numbers))
    assert len(scans) == 6 and radar.counters == {"duplicate": 3, "gap": 3}


def test_numbers_begin_anew_when_the_profile_is_loaded_again() -> None:
    radar = driver()
    assert len(detections(radar, frame_of(1), frame_of(2))) == 2
    radar.opened("cli", START_NS)
    assert len(detections(radar, frame_of(1))) == 1


def test_a_radar_without_a_tracker_gives_point_clouds(tmp_path: Path) -> None:
    (tmp_path / "points.cfg").write_text(POINTS_ONLY)
    radar = driver(tmp_path / "points.cfg")
    (cloud,) = radar.received("data", written(DEMO_FRAME), START_NS)
    assert isinstance(cloud, PointCloud)
    # x forward, y left: TI's y forward, x right
    assert cloud.points_m.tolist() == [[12.5, 2.5, 0.5], [20.0, -1.0, -0.25]]
    assert cloud.snr_db.tolist() == pytest.approx([18.1, 12.0])
    assert radar.counters == {"unused-tlv": 1}


def test_points_without_matching_side_info_have_no_snr(tmp_path: Path) -> None:
    (tmp_path / "points.cfg").write_text(POINTS_ONLY)
    tlvs = {POINTS: np.ones(2, LAYOUTS[POINTS]), SIDE_INFO: np.ones(1, LAYOUTS[SIDE_INFO])}
    [cloud] = driver(tmp_path / "points.cfg").received("data", encode(TiFrame(1, 0, tlvs)), START_NS)
    assert isinstance(cloud, PointCloud) and np.isnan(cloud.snr_db).all()


@pytest.mark.parametrize("path", replay.logs("ti-mmwave"), ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    assert replay.result(path) == path.with_suffix(".json").read_text()


def test_a_tlv_of_no_known_kind_is_named_and_costs_nothing_else() -> None:
    radar = low_power_driver()
    [scan] = radar.received("cli", low_power_tlv(4711, bytes(12)) + low_power_tlv(308, bytes(112), 2), START_NS)
    assert isinstance(scan, Detections) and radar.counters["unknown-tlv"] == 1
    words = radar.explain("unknown-tlv", radar.counters.samples["unknown-tlv"])
    assert words == "TLV 4711, 12 octets: a kind that this driver does not know, left out"


def test_a_frame_was_true_before_its_time_on_the_line_and_the_latency() -> None:
    sent = TiFrame(1, 0, {TARGETS: targets((1, (0, 20, 0), (0, 0, 0)))})
    [scan] = detections(driver(latency_ms=30.0), sent)
    on_line_ns = round(len(encode(sent)) * 10 * 1e9 / 921600)
    assert START_NS - scan.stamp_ns == on_line_ns + 30 * MS
    assert scan.receipt_ns == START_NS


def test_delays_on_the_way_do_not_move_the_stamps() -> None:
    delays, radar = random.Random(3), driver(latency_ms=0)
    stamps = []
    for number in range(1, 200):
        late_ns = round(delays.expovariate(1 / 4) * MS)
        [scan] = detections(radar, frame_of(number), receipt_ns=START_NS + number * 100 * MS + late_ns)
        stamps.append(scan.stamp_ns - START_NS - number * 100 * MS)
    assert np.std(stamps[64:]) < 0.3 * MS and abs(np.mean(stamps[64:])) < 1.0 * MS


def test_a_device_that_starts_afresh_gets_a_fresh_time_base() -> None:
    clock = FrameClock(100 * MS)
    for number in range(500, 600):
        clock.stamp(number, START_NS + number * 100 * MS)
    later_ns = START_NS + 70_000 * MS
    assert clock.stamp(1, later_ns) == later_ns
