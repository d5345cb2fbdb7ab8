"""The site file changes under traffic, half of the time broken: the small version of `make bench-reload`."""

from __future__ import annotations

from pathlib import Path

import pytest

from rsu.bus.snapshot import TrackView
from tests.bench import bench_reload


@pytest.mark.timeout(90)
def test_nothing_on_air_stops_at_reloads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_reload, "WARM_S", 12.0)
    figures = bench_reload.run(tmp_path, "127.83.7.9", reloads=4, every_s=2.0, source="recorded")
    assert figures["reloads"] == 4 and figures["taken"] == 2, figures
    assert figures["gaps_over_limit"] == 0 and figures["lost_at_reload"] == [], figures


def test_a_road_user_is_lost_when_it_begins_again_near_by(tmp_path: Path) -> None:
    def track(number: int, north_m: float) -> TrackView:
        return TrackView(number, "car", 2.0, north_m, 10.0, 0.0, 4.5, 1.8, [], (1.0, 1.0, 0.0), 0, None, None, None)

    def lost(later: list[TrackView]) -> list[int]:
        watch = bench_reload.ReloadWatch(tmp_path)
        watch.compare({1: track(1, 0.0)})
        watch.went_over("another site")
        for _ in range(3):
            watch.compare({})
        watch.compare({each.id: each for each in later})
        watch.close()
        return [each.id for each in watch.lost]

    assert lost([track(2, 5.0)]) == [1]
    assert lost([track(2, 40.0)]) == lost([]) == []
