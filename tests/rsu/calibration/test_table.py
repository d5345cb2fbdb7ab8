"""Tables of picked points: places in three ways, and mistakes with their place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from perception.geo import to_wgs84
from rsu.calibration import features, table
from rsu.core.errors import ConfigError
from rsu.site import config
from tests.rsu.recording.virtual import CONFIGS

SITE = config.load(CONFIGS / "demo.yaml")


def written(folder: Path, text: str) -> Path:
    path = folder / "points.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_place_is_metres_degrees_or_a_point_of_the_lane_map(tmp_path: Path) -> None:
    link = SITE.lane_map.nodes[0].links[0].name
    east, north = features.places(SITE.lane_map)[f"{link}/1/left"]
    latitude, longitude = to_wgs84(east, north, SITE.site.site.reference.reference())
    rows = {
        "u,v,east_m,north_m": f"10,20,{east},{north}",
        "v, u, latitude_deg, longitude_deg": f"20, 10, {float(latitude):.9f}, {float(longitude):.9f}",
        "u,v,at": f"10,20,{link}/1/left",
    }
    for head, row in rows.items():
        found = table.points(written(tmp_path, f"{head}\n{row}\n"), SITE)
        np.testing.assert_allclose(found.pairs.pixel_px, [[10.0, 20.0]])
        np.testing.assert_allclose(found.pairs.place_m, [[east, north, 0.0]], atol=1e-3)


def test_the_ends_of_a_stop_line_are_a_lane_apart() -> None:
    known = features.places(SITE.lane_map)
    lane = SITE.lane_map.nodes[0].links[0].lanes[0]
    name = f"{SITE.lane_map.nodes[0].links[0].name}/{lane.id}"
    left, middle, right = (np.array(known[f"{name}/{side}"]) for side in ("left", "middle", "right"))
    assert np.hypot(*(right - left)) == pytest.approx(lane.width_m)
    np.testing.assert_allclose(middle, lane.points[-1])
    assert known["crosswalk/1/1"] == SITE.lane_map.crosswalks[0].polygon[0]


@pytest.mark.parametrize(
    ("text", "line", "key", "part"),
    [
        ("u,v\n1,2\n", 1, "", "expected columns"),
        ("u,v,east_m,north_m\n", 1, "", "expected rows"),
        ("u,v,east_m,north_m\n1,2,3,4\n1,x,3,4\n", 3, "v", "got x"),
        ("u,v,east_m,north_m\n1,2,,4\n", 2, "east_m", "expected a number"),
        ("u,v,at\n1,2,north/1/leftt\n", 2, "at", "got north/1/leftt"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, line: int, key: str, part: str) -> None:
    with pytest.raises(ConfigError) as told:
        table.points(written(tmp_path, text), SITE)
    (finding,) = told.value.findings
    assert (finding.line, finding.key) == (line, key) and part in finding.text


def test_edges_are_gathered_by_their_name(tmp_path: Path) -> None:
    found = table.lines(written(tmp_path, "line,u,v\nkerb,1,2\nkerb,3,4\nwall,0,0\nkerb,5,6\nwall,1,0\nwall,2,0\n"))
    assert [each.tolist() for each in found] == [[[1, 2], [3, 4], [5, 6]], [[0, 0], [1, 0], [2, 0]]]
    with pytest.raises(ConfigError, match="three points or more"):
        table.lines(written(tmp_path, "line,u,v\nkerb,1,2\nkerb,3,4\n"))
