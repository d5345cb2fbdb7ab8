"""Lane maps of others and of templates on the page: made within bounds, judged, saved; zones; pictures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from rsu.access.roles import Role
from rsu.core import audit
from rsu.site import config
from rsu.web import limits
from rsu.web.maps import worker
from rsu.web.maps.wishes import ImportWish, MapWish
from tests.rsu.web.client import PageClient, PageReply
from tests.rsu.web.desk import Desk
from tests.rsu.web.serving import hosting

NET = Path(__file__).parents[4] / "sim" / "data" / "crossing.net.xml.gz"
LEGS = ["0=ls,sr/2", "90=lsr/1", "180=ls,sr/2", "270=lsr/1"]
JPEG = b"\xff\xd8\xff\xe0" + bytes(100)
BOMB = b"""<?xml version="1.0"?><!DOCTYPE net [<!ENTITY a "0123456789"><!ENTITY b "&a;&a;&a;&a;">]><net>&b;</net>"""
TIES = {
    "one": {"column_px": 10, "row_px": 20, "east_m": -40.0, "north_m": 30.0},
    "other": {"column_px": 500, "row_px": 400, "east_m": 45.5, "north_m": -36.0},
}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    with hosting(desk.app, desk.port):
        yield desk


@pytest.fixture
def tuner(desk: Desk) -> PageClient:
    return desk.browser(Role.TUNE)


def imported(client: PageClient, data: bytes, name: str, **wish: Any) -> PageReply:
    return client.post(f"/api/lanes/import?wish={quote(json.dumps({'type': 'import', 'name': name} | wish))}", data)


def test_a_map_of_others_is_made_judged_and_saved_on_the_page(desk: Desk, tuner: PageClient) -> None:
    before = (desk.site.parent / "demo-lanes.json").read_text()
    made = imported(tuner, NET.read_bytes(), "crossing.net.xml.gz").json()
    assert made["notes"][0]["kind_zh"] == "已读取"
    assert [each["roads"] for each in made["crossings"]] == [4]
    assert (desk.site.parent / "demo-lanes.json").read_text() == before
    wanted = {"values": {"crosswalks": []}, "text": made["text"]}
    judged = tuner.post("/api/lanes/check", wanted).json()
    assert 300 < judged["octets"] <= judged["most_octets"] and judged["findings"]  # phases of the demo's signal
    fitting = {"nodes.0.links": [*made["map"]["nodes"][0]["links"]]}
    for link in fitting["nodes.0.links"]:
        for way in [*link["movements"], *(way for lane in link["lanes"] for way in lane["connects_to"])]:
            way["phase"] = 2
    wanted = {"values": fitting, "text": made["text"], "base": tuner.get("/api/lanes").json()["base"]}
    assert tuner.post("/api/lanes", wanted).json()["version"] == 2
    lane_map = config.load(desk.site).lane_map
    assert lane_map.origin and lane_map.origin.latitude_deg == 22.5431 and len(lane_map.nodes[0].links) == 4


def test_a_template_makes_a_lane_map(tuner: PageClient) -> None:
    made = tuner.post("/api/lanes/new", {"type": "new", "legs": LEGS, "width_m": 3.25}).json()
    assert [len(link["lanes"]) for link in made["map"]["nodes"][0]["links"]] == [2, 1, 2, 1]
    assert made["map"]["nodes"][0]["links"][0]["lanes"][0]["width_m"] == 3.25
    refused = tuner.post("/api/lanes/new", {"type": "new", "legs": ["0=x/2", "90=s/1"]})
    assert refused.status == 422 and "0=x/2" in refused.json()["text_zh"]
    assert tuner.post("/api/lanes/new", {"type": "new", "legs": LEGS, "width_m": 40}).status == 400


def test_hostile_and_large_files_are_refused(desk: Desk, tuner: PageClient) -> None:
    refused = imported(tuner, BOMB, "bomb.net.xml")
    assert refused.status == 422 and "document type" in refused.json()["text"]
    assert imported(tuner, b"x", "map", format="shape").status == 400
    large = tuner.ask("POST", "/api/lanes/import", None, **{"Content-Length": str(limits.FILE_OCTETS + 1)})
    assert large.status == 413 and str(limits.FILE_OCTETS) in large.text
    assert imported(desk.browser(Role.VIEW), NET.read_bytes(), "crossing.net.xml.gz").status == 403


def test_a_worker_that_takes_too_long_is_ended(tuner: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from rsu.web.maps import import_pages

    monkeypatch.setattr(import_pages, "_LONGEST_S", 0.05)
    refused = imported(tuner, NET.read_bytes(), "crossing.net.xml.gz")
    assert refused.status == 422 and "memory" in refused.json()["text"]


def test_the_name_of_a_file_is_only_a_name(tmp_path: Path) -> None:
    wish = ImportWish(name="../../x\n- y: [z].net.xml.gz")
    made = worker.answer(MapWish(str(Desk(tmp_path).site), wish), NET.read_bytes())
    assert isinstance(made, worker.MadeMap) and "made of .._.._x_-_y___z_.net.xml.gz" in made.text.splitlines()[0]


def test_zones_are_kept_in_the_site_file(desk: Desk, tuner: PageClient) -> None:
    told = tuner.get("/api/lanes").json()
    assert told["zones"] == {"events.zones": [], "statistics.zones": []}
    zone = {"name": "works", "polygon_m": [[0.0, 0.0], [10.0, 0.0], [10.0, 8.5]]}
    wanted = {"values": {}, "zones": {"events.zones": [zone]}, "base": told["base"]}
    assert tuner.post("/api/lanes", wanted).json()["version"] == 2
    assert "polygon_m: [[0.0, 0.0], [10.0, 0.0], [10.0, 8.5]]" in desk.site.read_text()
    assert tuner.get("/api/lanes").json()["zones"]["events.zones"] == [zone]
    twice = {"values": {}, "zones": {"events.zones": [zone, zone]}}
    assert tuner.post("/api/lanes/check", twice).json()["findings"][0]["level"] == "error"
    assert tuner.post("/api/lanes/check", {"values": {}, "zones": {"page": []}}).status == 400


def test_a_picture_is_kept_with_its_two_points(desk: Desk, tuner: PageClient) -> None:
    assert tuner.get("/api/lanes/picture/ties").json() == {"there": False, "ties": None}
    assert tuner.get("/api/lanes/picture").status == 404
    assert tuner.post("/api/lanes/picture", b"<svg onload='x()'/>").status == 400
    assert tuner.post("/api/lanes/picture", JPEG).status == 200
    assert tuner.get("/api/lanes/picture").headers["Content-Type"] == "image/jpeg"
    assert tuner.get("/api/lanes/picture/ties").json() == {"there": True, "ties": None}
    assert tuner.post("/api/lanes/picture/ties", TIES | {"other": TIES["one"]}).status == 400
    assert tuner.post("/api/lanes/picture/ties", TIES).status == 200
    assert tuner.get("/api/lanes/picture/ties").json()["ties"]["other"]["north_m"] == -36.0
    assert config.load(desk.site)
    assert tuner.ask("DELETE", "/api/lanes/picture").status == 200
    assert not (desk.site.parent / "picture").exists() and not (desk.site.parent / "picture.json").exists()
    assert [entry.action for entry in audit.entries(desk.access.audit)] == ["picture"] * 3
