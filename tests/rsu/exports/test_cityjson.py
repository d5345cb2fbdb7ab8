"""A site as CityJSON, held to the specification's rules as written here, and read back."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("pyproj", reason="the extra `map` is not installed")

from typer.testing import CliRunner

from perception.geo import to_site
from rsu.cli.main import app
from rsu.exports import cityjson, cityjson_back
from rsu.exports.datum import Projected, Survey, zone_of
from rsu.site import config
from rsu.site.config import Config

SITE = Path(__file__).parents[3] / "configs" / "demo.yaml"
DEPTH = {"MultiPoint": 0, "MultiLineString": 1, "MultiSurface": 2}


@cache
def demo() -> Config:
    return config.load(SITE)


def survey(epoch: float | None = 2026.9) -> Survey:
    return Survey(demo().site.site.reference.reference(), "wgs84", epoch, -3.1)


def model(epsg: int, epoch: float | None = 2026.9) -> Any:
    return json.loads(json.dumps(cityjson.city_model(demo().site, demo().lane_map, survey(epoch), epsg)))


def numbers(boundaries: Any, depth: int) -> list[list[int]]:
    """Return the rows of vertex numbers; `boundaries` are nested `depth` deep around them."""
    return [boundaries] if depth == 0 else [row for each in boundaries for row in numbers(each, depth - 1)]


@pytest.mark.parametrize("epsg", [4490, 4547])
def test_objects_are_as_the_specification_wants_them(epsg: int) -> None:
    made = model(epsg)
    assert (made["type"], made["version"]) == ("CityJSON", "2.0")
    assert made["metadata"]["referenceSystem"] == f"https://www.opengis.net/def/crs/EPSG/0/{epsg}"
    assert all(isinstance(step, int) for vertex in made["vertices"] for step in vertex)
    objects = made["CityObjects"]
    group = objects.pop("site")
    assert group["type"] == "CityObjectGroup" and sorted(group["children"]) == sorted(objects)
    used = set()
    for each in objects.values():
        assert each["parents"] == ["site"] and each["type"] in ("Road", "CityFurniture")
        (geometry,) = each["geometry"]
        rows = numbers(geometry["boundaries"], DEPTH[geometry["type"]])
        used |= {number for row in rows for number in row}
        if each["type"] == "Road":
            assert all(len(row) >= 3 for row in rows)
            assert {surface["type"] for surface in geometry["semantics"]["surfaces"]} == {"TrafficArea"}
            assert geometry["semantics"]["values"] == list(range(len(geometry["boundaries"])))
    assert used == set(range(len(made["vertices"])))
    kinds = {each["attributes"].get("function") for each in objects.values()}
    assert kinds >= {"pole", "sensor", "traffic signal"}


@pytest.mark.parametrize("epsg", [4490, 4547])
def test_the_lane_map_comes_back_within_a_centimetre(epsg: int) -> None:
    back = cityjson_back.lane_map(model(epsg))
    lanes = [lane for link in demo().lane_map.nodes[0].links for lane in link.lanes]
    found = [lane for link in back.nodes[0].links for lane in link.lanes]
    for lane, again in zip(lanes, found, strict=True):
        assert np.abs(np.subtract(lane.points, again.points)).max() <= 0.01
        assert lane.model_copy(update={"points": again.points}) == again
    for walk, walk_again in zip(demo().lane_map.crosswalks, back.crosswalks, strict=True):
        assert np.abs(np.subtract(walk.polygon, walk_again.polygon)).max() <= 0.01
    assert [road.name for road in back.exits] == [road.name for road in demo().lane_map.exits]


def test_coordinates_are_moved_back_to_the_epoch_of_cgcs2000() -> None:
    origin = np.zeros((1, 2))
    still, moved = (Projected(4490, survey(epoch)).forth(origin)[0] for epoch in (None, 2026.9))
    step = np.array(to_site(moved[1], moved[0], survey()._replace(epoch_years=None).reference)).ravel()
    assert np.abs(still - [114.0579, 22.5431]).max() < 1e-9
    assert step == pytest.approx([-0.73, 0.24], abs=0.05)  # 26.9 years of 27 mm east, 9 mm south
    assert model(4547)["CityObjects"]["site"]["attributes"]["coordinateEpochYears"] == 2000.0


def test_heights_are_those_of_the_1985_datum_where_the_geoid_is_known() -> None:
    made = model(4547)
    height = demo().site.site.reference.elevation_m + 3.1
    (lowest,) = {min(vertex[2] for vertex in made["vertices"])}
    assert made["transform"]["translate"][2] + lowest * 0.001 == pytest.approx(height, abs=0.001)


@pytest.mark.parametrize(("longitude", "epsg"), [(114.06, 4547), (113.0, 4547), (116.4, 4548), (121.0, 4549)])
def test_zones(longitude: float, epsg: int) -> None:
    assert zone_of(longitude) == epsg


@given(st.lists(st.tuples(st.floats(1.0, 50.0), st.floats(-60.0, 60.0)), min_size=1, max_size=20), st.floats(0.5, 15.0))
def test_the_middle_of_an_outline_is_the_line(steps: list[tuple[float, float]], width: float) -> None:
    turned = np.cumsum([np.radians(turn) for _, turn in steps])
    ways = np.array([length for length, _ in steps])[:, None] * np.column_stack([np.sin(turned), np.cos(turned)])
    line = np.vstack([[0.0, 0.0], np.cumsum(ways, axis=0)])
    outline = cityjson.outline(line, width)
    assert np.abs((outline[: len(line)] + outline[: len(line) - 1 : -1]) / 2.0 - line).max() < 1e-9
    across = np.hypot(*(outline[0] - outline[-1]))
    assert across == pytest.approx(width)


def test_command_and_import(tmp_path: Path) -> None:
    file, lanes = tmp_path / "site.city.json", tmp_path / "lanes.yaml"
    done = CliRunner().invoke(app, ["export", "site", str(SITE), "--epoch", "2026.9", "--out", str(file)])
    assert done.exit_code == 0, done.output
    assert CliRunner().invoke(app, ["map", "import", str(file), "--out", str(lanes)]).exit_code == 0
    assert CliRunner().invoke(app, ["map", "check", str(lanes)]).exit_code == 0
    unknown = CliRunner().invoke(app, ["export", "site", str(SITE)])
    assert unknown.exit_code == 0 and "not moved" in unknown.stderr
    assert CliRunner().invoke(app, ["export", "site", str(SITE), "--epsg", "1"]).exit_code == 2


@pytest.mark.parametrize("damage", ["CityObjects", "vertices", "transform", "metadata"])
def test_a_damaged_model_is_named(tmp_path: Path, damage: str) -> None:
    made = model(4547)
    del made[damage]
    file = tmp_path / "site.city.json"
    file.write_text(json.dumps(made), encoding="utf-8")
    done = CliRunner().invoke(app, ["map", "import", str(file)])
    assert done.exit_code == 8 and damage in done.stderr
