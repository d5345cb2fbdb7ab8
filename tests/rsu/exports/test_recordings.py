"""Tracks, events, states and statistics of a golden recording in the web's forms, by the commands."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from rsu.bus.tape import ToldItem
from rsu.bus.told import RoadTraffic
from rsu.cli.main import app
from rsu.cli.views.exporting import played
from rsu.exports.ngsi import FlowEntities
from rsu.site import config

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests" / "rsu" / "recording" / "golden" / "wrong-way.mcap"


@cache
def told() -> list[ToldItem]:
    with played([GOLDEN]) as (_, items):
        return list(items)


def export(kind: str) -> str:
    done = CliRunner().invoke(app, ["export", kind, str(GOLDEN)])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_tracks_are_moving_points() -> None:
    made = json.loads(export("tracks"))
    assert made["type"] == "FeatureCollection" and len(made["features"]) >= 6
    for feature in made["features"]:
        moving = feature["temporalGeometry"]
        times = [datetime.fromisoformat(text) for text in moving["datetimes"]]
        assert moving["type"] == "MovingPoint" and len(times) == len(moving["coordinates"]) >= 2
        assert all(first < then for first, then in pairwise(times))
        assert all(114.05 < east < 114.07 and 22.5 < north < 22.6 for east, north in moving["coordinates"])
        for each in feature["temporalProperties"]:
            (name,) = set(each) - {"datetimes"}
            assert len(each["datetimes"]) == len(each[name]["values"])


def test_events_are_a_text_sequence() -> None:
    records = export("events").split("\x1e")
    assert records[0] == "" and all(record.endswith("\n") for record in records[1:])
    features: list[Any] = [json.loads(record) for record in records[1:]]
    wrong_way = [feature["properties"] for feature in features if feature["properties"]["code"] == 904]
    assert wrong_way[0]["state"] == "start" and {feature["type"] for feature in features} == {"Feature"}
    states = [(feature["id"], feature["properties"]["time"], feature["properties"]["state"]) for feature in features]
    assert len(set(states)) == len(states)


def test_things_have_what_a_server_wants() -> None:
    things = json.loads(export("sensorthings"))
    lamps = [thing for thing in things if " lamp " in thing["name"]]
    assert lamps and len({thing["name"] for thing in things}) == len(things)
    for thing in things:
        assert {"name", "description", "Locations", "Datastreams"} <= set(thing)
        for stream in thing["Datastreams"]:
            assert {"unitOfMeasurement", "observationType", "ObservedProperty", "Sensor"} <= set(stream)
            results = [each["result"] for each in stream["Observations"]]
            assert results
            if stream["ObservedProperty"]["name"] == "light":
                assert all(one != then for one, then in pairwise(results))


def test_statistics_are_entities() -> None:
    loaded = config.load(ROOT / "configs" / "demo.yaml")
    made = FlowEntities("BOX", loaded.lane_map, loaded.site.site.reference.reference())
    periods = [item.data.period for item in told() if isinstance(item.data, RoadTraffic)]
    entities = [entity for period in periods for entity in made.of(period)]
    assert len({entity["id"] for entity in entities}) == len(entities) > 0
    for entity in entities:
        assert entity["type"] == "TrafficFlowObserved" and entity["laneId"]["value"] >= 1
        assert 0.0 <= entity["occupancy"]["value"] <= 1.0
        assert entity["refRoadSegment"]["type"] == "Relationship"
        assert entity["location"]["value"]["type"] == "LineString"


def test_a_file_says_how_much_is_in_it(tmp_path: Path) -> None:
    file = tmp_path / "flows.jsonld"
    done = CliRunner().invoke(app, ["export", "ngsi", str(GOLDEN), "--out", str(file), "--json"])
    assert json.loads(done.stdout) == {"file": str(file), "count": len(json.loads(file.read_text(encoding="utf-8")))}


def test_no_recording() -> None:
    done = CliRunner().invoke(app, ["export", "tracks", str(ROOT / "setup.cfg")])
    assert done.exit_code == 8
