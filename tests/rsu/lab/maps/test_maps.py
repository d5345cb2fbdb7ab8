"""The same crossing out of every format: the same lanes, the same ways, a MAP that fits into a frame and reads back."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("lxml", reason="the extra `map` is not installed")
pytest.importorskip("pyproj", reason="the extra `map` is not installed")
pytest.importorskip("shapely", reason="the extra `map` is not installed")

from perception.geo import Reference, to_site
from rsu.lab.maps import airing, importing, template
from rsu.lab.maps.build import WantedJunction
from rsu.lab.maps.checking import check
from rsu.lab.maps.errors import PlaceUnknownError
from rsu.lab.maps.placing import Stated
from rsu.site import lanemap
from tests.rsu.lab.maps import crossing
from tests.rsu.lab.maps.crossing import SHENZHEN
from v2x import SERVICES, dsmp
from v2x.schema import decode_value
from v2x.values import to_json

SAMPLES: dict[str, Callable[[], str]] = {
    "town.net.xml": crossing.sumo,
    "town.xodr": crossing.opendrive,
    "town.osm": crossing.lanelet2,
    "extract.osm": crossing.osm,
    "lanes.geojson": crossing.lines,
    "points.csv": crossing.survey,
}


def imported(path: Path, reference: Reference | None = SHENZHEN, **stated) -> importing.ImportedMap:
    return importing.lane_map(path, "auto", Stated(**stated), WantedJunction(reference=reference), None)


def of_text(path: Path, text: str) -> importing.ImportedMap:
    path.write_text(text, encoding="utf-8")
    return imported(path)


def phases(lane_map: lanemap.LaneMapFile) -> dict[str, set[int | None]]:
    links = lane_map.nodes[0].links
    return {link.name: {way.phase for lane in link.lanes for way in lane.connects_to} for link in links}


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


def assert_crossing(lane_map: lanemap.LaneMapFile, exits: bool = True) -> None:
    """Links, lanes and ways are those of the crossing, at their places within 10 cm."""
    links = {link.name.removesuffix("_in"): link for link in lane_map.nodes[0].links}
    roads = {road.name.removesuffix("_out"): road for road in lane_map.exits}
    assert links.keys() == roads.keys() == crossing.OUTWARDS.keys()
    names = {road.downstream: name for name, road in roads.items()}
    for name, link in links.items():
        assert len(link.lanes) == crossing.LANES_IN[name]
        assert link.upstream == roads[name].downstream
        for lane in link.lanes:
            assert lane.points[-1] == pytest.approx(crossing.lane_in(name, lane.id)[-1], abs=0.1)
            assert lane.maneuvers == crossing.arrows(name, lane.id)
            assert lane.width_m == pytest.approx(3.5, abs=0.1)
        if exits:
            assert roads[name].lanes[0].points[0] == pytest.approx(crossing.lane_out(name)[0], abs=0.1)
    found = {
        (name, lane.id, way.maneuver, names[way.downstream])
        for name, link in links.items()
        for lane in link.lanes
        for way in lane.connects_to
    }
    assert found == set(crossing.ways())


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("town.net.xml", [{1}, {2}, {3}, {4}]),  # one for each approach whose lights are alike
        ("town.xodr", [{1}, {None}, {None}, {None}]),
        ("town.osm", [{1}, {None}, {None}, {None}]),
        ("extract.osm", [{1}, {2}, {3}, {4}]),
        ("points.csv", [{1}, {2}, {3}, {4}]),
    ],
)
def test_lights_become_phases(tmp_path: Path, name: str, wanted: list[set[int | None]]) -> None:
    found = phases(of_text(tmp_path / name, SAMPLES[name]()).built.lane_map)
    assert list(found.values()) == wanted


@pytest.mark.parametrize("form", ["hex", "json", "dsm"])
def test_a_map_comes_back_out_of_its_message(tmp_path: Path, form: str) -> None:
    first = of_text(tmp_path / "points.csv", crossing.survey()).built.lane_map
    octets = airing.octets(first, SHENZHEN)
    file = tmp_path / "message"
    if form == "dsm":
        file.write_bytes(dsmp.frame(SERVICES["map"].aid, octets))
    else:
        value = {"type": "mapFrame", "value": to_json(decode_value(octets))[1]}
        file.write_text(octets.hex() if form == "hex" else json.dumps(value), encoding="utf-8")
    again = imported(file).built.lane_map
    assert_crossing(again, exits=False)
    assert phases(again) == phases(first)
    assert [(link.name, link.upstream) for link in again.nodes[0].links] == [
        (link.name, link.upstream) for link in first.nodes[0].links
    ]


def test_where_only_ends_are_known_the_usual_arrows_are_supposed(tmp_path: Path) -> None:
    made = of_text(tmp_path / "lanes.geojson", crossing.lines(with_ways=False))
    links = {link.name: link for link in made.built.lane_map.nodes[0].links}
    assert [lane.maneuvers for lane in links["north_in"].lanes] == [["left", "straight"], ["straight", "right"]]
    assert [lane.maneuvers for lane in links["east_in"].lanes] == [["left", "straight", "right"]]
    assert any("usual" in note.text.en for note in made.notes if note.kind == "assumed")


def test_boundaries_become_lanes(tmp_path: Path) -> None:
    made = of_text(tmp_path / "boundaries.geojson", crossing.boundaries())
    links = {link.name: link for link in made.built.lane_map.nodes[0].links}
    assert {name: len(link.lanes) for name, link in links.items()} == {
        "north_in": 2,
        "east_in": 1,
        "south_in": 1,
        "west_in": 1,
    }
    for name, link in links.items():
        for lane in link.lanes:
            assert lane.points[-1] == pytest.approx(crossing.lane_in(name.removesuffix("_in"), lane.id)[-1], abs=0.1)


def test_gzip_and_a_projection(tmp_path: Path) -> None:
    """A network in UTM: the crossing lies where its projection says, and stays as it is but for the meridian's turn."""
    file = tmp_path / "town.net.xml.gz"
    text = crossing.sumo((1000.0, 2000.0), "+proj=utm +zone=49 +datum=WGS84 +units=m")
    file.write_bytes(gzip.compress(text.replace('netOffset="1000.0,2000.0"', 'netOffset="-800000,-2492000"').encode()))
    made = imported(file, reference=None)
    origin = made.built.lane_map.origin
    assert (origin.latitude_deg, origin.longitude_deg) == pytest.approx((22.53, 113.93), abs=0.05)
    line = np.array(made.built.lane_map.nodes[0].links[0].points)
    assert 99.0 < float(np.hypot(*(line[-1] - line[0]))) < 101.0


def test_what_was_assumed_stands_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "town.xodr").write_text(crossing.opendrive(), encoding="utf-8")
    made = imported(tmp_path / "town.xodr", reference=None)
    said = [(note.kind, note.text.en) for note in made.notes]
    assert ("left out", "lane of type sidewalk (4 times)") in said
    assert any(kind == "assumed" and text.startswith("no place on earth") for kind, text in said)
    assert all(f"# {kind}: {text}" in made.text for kind, text in said)
    assert made.built.lane_map.origin is None


@pytest.mark.parametrize(
    ("legs", "lanes", "ways"),
    [
        (["0=l,s,sr/2", "90=l,s,sr/2", "180=l,s,sr/2", "270=l,s,sr/2"], 12, 16),
        (["10=s,r/1", "190=l,s/1", "280=l,r/1"], 6, 6),  # a T
        (["0=lsr/1", "72=lsr/1", "144=lsr/1", "216=lsr/1", "288=lsr/1"], 5, 20),
        (["30=s/2", "210=us/2"], 2, 3),  # a crosswalk in the middle of a road
    ],
)
def test_a_template_becomes_a_lane_map_without_findings(tmp_path: Path, legs: list[str], lanes: int, ways: int) -> None:
    plan = template.CrossingPlan(legs=tuple(map(template.leg, legs)), bikes=False)
    made = importing.new(plan, SHENZHEN, WantedJunction())
    links = made.built.lane_map.nodes[0].links
    assert sum(len(link.lanes) for link in links) == lanes
    assert sum(len(lane.connects_to) for link in links for lane in link.lanes) == ways
    assert len(made.built.lane_map.crosswalks) == len(legs)
    file = tmp_path / "lanes.yaml"
    file.write_text(made.text, encoding="utf-8")
    assert check(file) == []


@pytest.mark.parametrize("legs", [["0=x/1", "90=l/1"], ["0=l"], ["0=l/1", "5=s/1"], ["0=/1", "90=/1"]])
def test_a_template_that_cannot_be_is_refused(legs: list[str]) -> None:
    with pytest.raises(PlaceUnknownError):
        importing.new(template.CrossingPlan(legs=tuple(map(template.leg, legs))), None, WantedJunction())


def test_lanelets_with_local_coordinates_alone(tmp_path: Path) -> None:
    """Nodes without latitude and longitude, but with metres in their tags: the same crossing, nowhere on earth."""
    place = re.compile(r'<node id="(\d+)" lon="([\d.]+)" lat="([\d.]+)">')

    def local(found: re.Match[str]) -> str:
        east, north = to_site(float(found[3]), float(found[2]), SHENZHEN)
        tags = f'<tag k="local_x" v="{east:.3f}"/><tag k="local_y" v="{north:.3f}"/>'
        return f'<node id="{found[1]}" lon="" lat="">{tags}'

    made = of_text(tmp_path / "town.osm", place.sub(local, crossing.lanelet2()))
    assert_crossing(made.built.lane_map)
    assert any("no place on earth" in note.text.en for note in made.notes)
