"""The same crossing out of every format: the same lanes, the same ways, a MAP that fits into a frame and reads back."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("lxml", reason="the extra `map` is not installed")
pytest.importorskip("pyproj", reason="the extra `map` is not installed")
pytest.importorskip("shapely", reason="the extra `map` is not installed")

from perception.geo import Reference
from rsu.lab.maps import airing, importing
from rsu.lab.maps.build import WantedJunction
from rsu.lab.maps.checking import check
from rsu.lab.maps.placing import Stated
from rsu.site import lanemap
from tests.rsu.lab.maps import crossing
from v2x import dsmp

SHENZHEN = Reference(22.5431, 114.0579)
SAMPLES: dict[str, Callable[[], str]] = {"town.net.xml": crossing.sumo, "town.xodr": crossing.opendrive}


def imported(path: Path, **stated) -> importing.ImportedMap:
    return importing.lane_map(path, "auto", Stated(**stated), WantedJunction(), None)


@pytest.mark.parametrize("name", SAMPLES)
def test_the_crossing_is_the_same_in_every_format(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(SAMPLES[name](), encoding="utf-8")
    made = imported(tmp_path / name, origin=SHENZHEN)
    file = tmp_path / "lanes.yaml"
    file.write_text(made.text, encoding="utf-8")
    loaded = lanemap.load(file)
    assert loaded == made.built.lane_map
    assert_crossing(loaded)
    findings = [each for each in check(file) if "phase" not in each.key]
    assert findings == [], "\n".join(map(str, findings))
    assert airing.size(loaded) < dsmp.MAX_LENGTH and airing.reads_back(loaded)
    assert loaded.origin.latitude_deg == pytest.approx(SHENZHEN.latitude_deg, abs=1e-6)


def assert_crossing(lane_map: lanemap.LaneMapFile) -> None:
    """Links, lanes and ways are those of the crossing, at their places within 10 cm."""
    links = {link.name.removesuffix("_in"): link for link in lane_map.nodes[0].links}
    exits = {road.name.removesuffix("_out"): road for road in lane_map.exits}
    assert links.keys() == exits.keys() == crossing.OUTWARDS.keys()
    names = {road.downstream: name for name, road in exits.items()}
    for name, link in links.items():
        assert len(link.lanes) == crossing.LANES_IN[name]
        assert link.upstream == exits[name].downstream
        for lane in link.lanes:
            assert lane.points[-1] == pytest.approx(crossing.lane_in(name, lane.id)[-1], abs=0.1)
            assert lane.maneuvers == crossing.arrows(name, lane.id)
            assert lane.width_m == pytest.approx(3.5, abs=0.1)
        assert exits[name].lanes[0].points[0] == pytest.approx(crossing.lane_out(name)[0], abs=0.1)
    found = {
        (name, lane.id, way.maneuver, names[way.downstream])
        for name, link in links.items()
        for lane in link.lanes
        for way in lane.connects_to
    }
    assert found == set(crossing.ways())


def test_a_program_becomes_one_phase_for_each_approach(tmp_path: Path) -> None:
    (tmp_path / "town.net.xml").write_text(crossing.sumo(), encoding="utf-8")
    links = imported(tmp_path / "town.net.xml").built.lane_map.nodes[0].links
    phases = [{way.phase for lane in link.lanes for way in lane.connects_to} for link in links]
    assert phases == [{1}, {2}, {3}, {4}]


def test_a_light_holds_for_its_road(tmp_path: Path) -> None:
    (tmp_path / "town.xodr").write_text(crossing.opendrive(), encoding="utf-8")
    links = imported(tmp_path / "town.xodr").built.lane_map.nodes[0].links
    phases = {link.name: {way.phase for lane in link.lanes for way in lane.connects_to} for link in links}
    assert phases == {"north_in": {1}, "east_in": {None}, "south_in": {None}, "west_in": {None}}


def test_gzip_and_a_projection(tmp_path: Path) -> None:
    """A network in UTM: the crossing lies where its projection says, and stays as it is but for the meridian's turn."""
    file = tmp_path / "town.net.xml.gz"
    text = crossing.sumo((1000.0, 2000.0), "+proj=utm +zone=49 +datum=WGS84 +units=m")
    file.write_bytes(gzip.compress(text.replace('netOffset="1000.0,2000.0"', 'netOffset="-800000,-2492000"').encode()))
    made = imported(file)
    origin = made.built.lane_map.origin
    assert (origin.latitude_deg, origin.longitude_deg) == pytest.approx((22.53, 113.93), abs=0.05)
    line = np.array(made.built.lane_map.nodes[0].links[0].points)
    assert 99.0 < float(np.hypot(*(line[-1] - line[0]))) < 101.0


def test_what_was_assumed_stands_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "town.xodr").write_text(crossing.opendrive(), encoding="utf-8")
    made = imported(tmp_path / "town.xodr")
    said = [(note.kind, note.text.en) for note in made.notes]
    assert ("left out", "lane of type sidewalk (4 times)") in said
    assert any(kind == "assumed" and text.startswith("no place on earth") for kind, text in said)
    assert all(f"# {kind}: {text}" in made.text for kind, text in said)
    assert made.built.lane_map.origin is None
