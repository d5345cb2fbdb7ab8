"""Low-power TI radars: commands and frames on one line, lists of their own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.radar.ti_headers import MAGIC
from perception.objects import Detections, PointCloud
from sim import low_power
from sim.radar import EmulatedTiRadar as EmulatedRadar
from tests.hw.ti_octets import LOW_POWER, MS, START_NS, emulated, low_power_driver, low_power_tlv
from tests.sim.emul_scene import bench, frame


def test_commands_and_frames_of_a_low_power_radar_share_a_line() -> None:
    spec = emulated()._spec.model_copy(update={"data": None})
    radar, device = low_power_driver(), EmulatedRadar("radar-north", spec, bench())
    radar.opened("cli", START_NS)
    found, now_ns = [], START_NS
    for turn in range(200):
        now_ns += 10 * MS
        for _, command in radar.due(now_ns):
            for answer in device.received("cli", command, now_ns):
                found += radar.received("cli", answer.data, now_ns)
        for write in device.capture(turn, frame([])) if turn % 10 == 0 else []:
            assert write.port == "cli"
            found += radar.received("cli", write.data, now_ns)
    assert len(found) >= 15 and all(isinstance(one, Detections) for one in found)
    assert radar.error is None and radar.counters.keys() == {"unused-tlv"}


def test_points_of_a_low_power_radar_come_in_stated_units(tmp_path: Path) -> None:
    (tmp_path / "points.cfg").write_text(LOW_POWER.replace("trackingCfg 1", "trackingCfg 0"))
    place = np.array([[-2.0, 40.0, 1.5], [0.5, 12.25, -1.0]])
    sent = low_power.points(place, np.array([-12.0, 3.5]), np.array([20.0, 7.25]))
    [cloud] = low_power_driver(tmp_path / "points.cfg").received("cli", low_power.frame(1, 0, 2, [sent]), START_NS)
    assert isinstance(cloud, PointCloud)
    assert cloud.points_m == pytest.approx(np.array([[40.0, 2.0, 1.5], [12.25, -0.5, -1.0]]), abs=1e-3)
    assert cloud.doppler_mps == pytest.approx([-12.0, 3.5], abs=1e-5) and cloud.snr_db == pytest.approx(
        [20.0, 7.2], abs=0.051
    )


@given(st.binary(max_size=120).filter(lambda payload: MAGIC not in payload))  # with it inside, a frame is torn
def test_no_list_of_low_power_points_raises(payload: bytes) -> None:
    [found] = [low_power_tlv(301, payload)]
    radar = low_power_driver()
    scans = radar.received("cli", found, START_NS)
    assert len(scans) == 1 and radar.counters["tlv-length"] in (0, 1)
