"""The learned road over a restart of its process."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rsu.video.kept import KEPT_S, KeptRoad

NOW = 1_795_000_000 * 1_000_000_000
ROAD = np.random.default_rng(3).integers(0, 255, (54, 96, 3), dtype=np.uint8)


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    kept = KeptRoad(tmp_path / "road-north.npz", "a")
    assert kept.load(NOW) is None, "none yet"
    kept.save(np.zeros_like(ROAD), NOW - 5)
    kept.save(ROAD, NOW)
    road = kept.load(NOW + round(KEPT_S * 1e9))
    assert road is not None and np.array_equal(road, ROAD)
    assert [path.name for path in tmp_path.iterdir()] == ["road-north.npz"]


@pytest.mark.parametrize(("key", "after_s"), [("b", 1.0), ("a", KEPT_S + 1.0), ("a", -1.0)])
def test_another_camera_and_another_time_know_nothing(tmp_path: Path, key: str, after_s: float) -> None:
    path = tmp_path / "road-north.npz"
    KeptRoad(path, "a").save(ROAD, NOW)
    assert KeptRoad(path, key).load(NOW + round(after_s * 1e9)) is None


def test_a_damaged_file_is_none(tmp_path: Path) -> None:
    kept = KeptRoad(tmp_path / "road-north.npz", "a")
    kept.save(ROAD, NOW)
    whole = kept.path.read_bytes()
    for damaged in (b"", whole[: len(whole) // 2], b"PK" + bytes(50), whole[:200] + bytes(300) + whole[500:]):
        kept.path.write_bytes(damaged)
        assert kept.load(NOW) is None


@pytest.mark.parametrize("after_s", [-1.0, 90 * 86400.0])
def test_the_first_picture_of_a_calibration_is_known_as_long_as_it_holds(tmp_path: Path, after_s: float) -> None:
    path = tmp_path / "view-north.npz"
    KeptRoad(path, "a", forever=True).save(ROAD, NOW)
    first = KeptRoad(path, "a", forever=True).load(NOW + round(after_s * 1e9))
    assert first is not None and np.array_equal(first, ROAD)
    assert KeptRoad(path, "b", forever=True).load(NOW) is None, "calibrated again"
