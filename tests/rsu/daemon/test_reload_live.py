"""The site file changes under traffic, half of the time broken: the small version of `make bench-reload`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench import bench_reload


@pytest.mark.timeout(90)
def test_nothing_on_air_stops_at_reloads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_reload, "WARM_S", 12.0)
    figures = bench_reload.run(tmp_path, "127.83.7.9", reloads=4, every_s=2.0, source="recorded")
    assert figures["reloads"] == 4 and figures["taken"] == 2, figures
    assert figures["gaps_over_limit"] == 0 and figures["lost_at_reload"] == [], figures
