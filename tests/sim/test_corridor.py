"""The corridor of the bench: boxes with valid site files, and the road of SUMO's traffic as each of them sees it."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from rsu.bench.corridor import plan_of
from rsu.site import config
from sim import bench, corridor
from sim.corridor_site import origin
from sim.corridor_world import seen_from
from sim.frames import WorldFrame


def test_every_second_pair_of_boxes_has_a_gap() -> None:
    place = corridor.layout(4)
    reach = [(centre - corridor.REACH_M, centre + corridor.REACH_M) for centre in place.centres_m]
    between = [after[0] - before[1] for before, after in pairwise(reach)]
    assert between == [-corridor.SHARED_M, corridor.GAP_M, -corridor.SHARED_M]
    assert place.gaps_m == [(reach[1][1], reach[2][0])]


def test_boxes_have_valid_files(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, 2, 7)
    for folder in plan.folders:
        assert config.check(folder / "site.yaml") == []
        assert set(bench.load(folder / "bench.yaml").emulators) <= set(config.load(folder / "site.yaml").site.devices)
    one, other = (config.load(folder / "site.yaml").site.corridor for folder in plan.folders)
    assert one is not None and other is not None
    assert list(one.neighbours) == ["RSCU-2"] and list(other.neighbours) == ["RSCU-1"]
    assert [name for name in plan.commands() if name.endswith("daemon")] == ["box-1.daemon", "box-2.daemon"]


def test_the_frame_of_a_box_lies_about_its_middle() -> None:
    place = corridor.layout(2)
    middle = origin(place, 2)
    frame = WorldFrame(
        stamp_ns=0,
        id=np.array([1, 2]),
        kind=np.array([1, 1]),
        position_m=np.array([middle, (middle[0] - 400.0, 0.0)]),
        velocity_mps=np.zeros((2, 2)),
        heading_deg=np.zeros(2),
        size_m=np.ones((2, 3)),
        equipped=np.zeros(2, np.int64),
        signals="",
        cycle_s=0.0,
    )
    found = seen_from(frame, np.array(middle))
    assert found.id.tolist() == [1]
    assert found.position_m.tolist() == [[0.0, 0.0]]


def test_sumo_drives_on_the_right_of_the_axis() -> None:
    pytest.importorskip("libsumo")
    code = (
        "from itertools import islice\nfrom sim import corridor\n"
        "frame = next(islice(corridor.frames(3, 2), 5, 6))\n"
        "rows = zip(frame.position_m, frame.velocity_mps[:, 0])\n"
        "print(len(frame.id), *(f'{x:.1f},{y:.1f},{v:.1f}' for (x, y), v in rows))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    count, *rows = done.stdout.split()
    assert int(count) > 10
    for row in rows:
        east, north, speed = map(float, row.split(","))
        aside = corridor.point(east)[1] - north
        assert 0.5 < abs(aside) < 7.5
        assert (aside > 0.0) == (speed > 0.0)
