"""The site's files on the page: mistakes while they are edited, effects, saving, roles, versions, the way back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from rsu.access.roles import Role
from rsu.core import audit
from rsu.site.history import SiteHistory
from tests.rsu.web.client import PageClient
from tests.rsu.web.desk import Desk
from tests.rsu.web.serving import hosting


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    with hosting(desk.app, desk.port):
        yield desk


@pytest.fixture
def browser(desk: Desk) -> PageClient:
    return desk.browser(Role.ADMINISTER)


def edited(browser: PageClient, before: str, after: str, file: str = "site.yaml") -> dict[str, Any]:
    """Return the files with one text changed, as the page sends them."""
    told = browser.get("/api/site").json()
    assert before in told["files"][file]
    files = told["files"] | {file: told["files"][file].replace(before, after, 1)}
    return {"files": files, "base": told["base"]}


def test_mistakes_come_with_their_place_and_hint(browser: PageClient) -> None:
    assert browser.post("/api/site/check", edited(browser, "x", "x")).json() == {"findings": [], "changes": []}
    found = browser.post("/api/site/check", edited(browser, "port: 18080", "prot: 18080")).json()
    (mistake,) = found["findings"]
    assert (mistake["file"], mistake["key"], mistake["level"]) == ("site.yaml", "page.prot", "error")
    assert "port" in mistake["text"] and mistake["text_zh"] != mistake["text"] and mistake["line"] > 1
    lanes = edited(browser, '"region"', '"regoin"', "demo-lanes.json")
    assert browser.post("/api/site/check", lanes).json()["findings"][0]["file"] == "demo-lanes.json"


def test_a_change_comes_with_its_effect(browser: PageClient) -> None:
    found = browser.post("/api/site/check", edited(browser, "port: 18080", "port: 18090")).json()
    assert found["changes"] == [
        {"key": "page.port", "before": 18080, "after": 18090, "effect": "restart of web", "effect_zh": "重启 web"}
    ]


def test_saving_keeps_versions_and_tells_the_daemon(desk: Desk, browser: PageClient) -> None:
    wanted = edited(browser, "port: 18080", "port: 18090") | {"why": "other port"}
    saved = browser.post("/api/site", wanted).json()
    assert (saved["version"], saved["refused"], desk.reloads) == (2, "", 1)
    assert "port: 18090" in desk.site.read_text()
    rows = browser.get("/api/site/versions").json()
    assert [(row["number"], row["why"]) for row in rows] == [(2, "administer: other port"), (1, "as found")]
    (entry,) = audit.entries(desk.access.audit)
    assert (entry.before, entry.after) == ({"page.port": 18080}, {"page.port": 18090})
    assert browser.post("/api/site", wanted).status == 409  # made from files that are no more
    assert "-page: {host: 127.0.0.1, port: 18080}" in browser.get("/api/site/versions/1").json()["site.yaml"]
    assert browser.post("/api/site/rollback", {"number": 1}).json()["version"] == 3
    assert "port: 18080" in desk.site.read_text()
    assert browser.get("/api/site/versions/1").json() == {}
    assert browser.get("/api/site/versions/9").status == 404
    assert browser.post("/api/site/rollback", {"number": 9}).status == 400


def test_of_two_changes_of_the_same_files_one_is_saved(desk: Desk, browser: PageClient) -> None:
    both = [edited(browser, "port: 18080", f"port: {port}") for port in (18090, 18091)]
    with ThreadPoolExecutor(2) as pool:
        answers = [*pool.map(lambda wanted: browser.post("/api/site", wanted).status, both)]
    assert (sorted(answers), desk.reloads) == ([200, 409], 1)


def test_what_is_wrong_is_not_saved(desk: Desk, browser: PageClient) -> None:
    before = desk.site.read_text()
    answer = browser.post("/api/site", edited(browser, "port: 18080", "port: fast"))
    assert answer.status == 422 and answer.json()["findings"][0]["key"] == "page.port"
    assert (desk.site.read_text(), desk.reloads, browser.get("/api/site/versions").json()) == (before, 0, [])


@pytest.mark.parametrize(
    "name", ["../evil.yaml", "/etc/passwd", "conf.d/../../x.yaml", "conf.d/readme.yaml", "new.yaml"]
)
def test_no_other_file_is_written(desk: Desk, browser: PageClient, name: str) -> None:
    told = browser.get("/api/site").json()
    wanted = {"files": told["files"] | {name: "x: 1"}, "base": told["base"]}
    assert browser.post("/api/site", wanted).status == 400
    assert browser.post("/api/site/check", wanted).status == 400
    assert desk.reloads == 0


def test_drop_ins_come_and_go(desk: Desk, browser: PageClient) -> None:
    told = browser.get("/api/site").json()
    more = told["files"] | {"conf.d/20-port.yaml": "page: {port: 18091}\n"}
    assert browser.post("/api/site", {"files": more, "base": told["base"]}).json()["changes"][0]["after"] == 18091
    assert (desk.site.parent / "conf.d" / "20-port.yaml").exists()
    again = browser.get("/api/site").json()
    browser.post("/api/site", {"files": told["files"], "base": again["base"]})
    assert not (desk.site.parent / "conf.d" / "20-port.yaml").exists()


def test_roles_decide_who_may_change_which_keys(desk: Desk) -> None:
    viewer, tuner = desk.browser(Role.VIEW), desk.browser(Role.TUNE)
    assert [viewer.get("/api/site").status, viewer.get("/api/site/versions/1").status] == [403, 403]
    refused = tuner.post("/api/site", edited(tuner, "port: 18080", "port: 18090"))
    assert (refused.status, desk.reloads) == (403, 0) and "page.port" in refused.json()["text"]
    tuned = edited(tuner, "range_m: 95.0", "range_m: 94.0")
    assert tuner.post("/api/site", tuned).json()["version"] == 2
    tuner.csrf = "guess"
    assert tuner.post("/api/site/check", tuned).status == 403


@pytest.mark.parametrize(
    ("before", "after", "file", "told"),
    [
        ("sensorStop", "sensorStop 0", "ti-traffic-68xx.cfg", "ti-traffic-68xx.cfg"),
        ("recording:\n", "recording:\n  path: /etc\n", "site.yaml", "recording.path"),
    ],
)
def test_files_of_drivers_and_the_place_of_recordings_need_an_administrator(
    desk: Desk, before: str, after: str, file: str, told: str
) -> None:
    tuner = desk.browser(Role.TUNE)
    wanted = edited(tuner, before, after, file)
    kept = (desk.site.parent / file).read_bytes()
    refused = tuner.post("/api/site", wanted)
    assert (refused.status, desk.reloads) == (403, 0) and told in refused.json()["text"]
    assert (desk.site.parent / file).read_bytes() == kept
    assert desk.browser(Role.ADMINISTER).post("/api/site", wanted).json()["version"] == 2
    assert tuner.post("/api/site/rollback", {"number": 1}).status == 403


def test_a_broken_site_can_be_mended(desk: Desk, browser: PageClient) -> None:
    desk.site.write_text(desk.site.read_text().replace("port: 18080", "port: fast"))
    told = browser.get("/api/site").json()
    assert set(told["files"]) == {"site.yaml", "demo-lanes.json"}
    assert browser.post("/api/site", edited(browser, "port: fast", "port: 18080")).status == 200


def test_keys_are_explained_in_both_languages(browser: PageClient) -> None:
    (row,) = browser.get("/api/site/key?path=page.port").json()
    assert row["key"] == "page.port" and row["en"][0] == "TCP port to listen on" and row["zh"][3] == "重启 web"
    assert browser.get("/api/site/key?path=nothing.there").status == 404


def test_the_lane_map_is_edited_by_its_keys(desk: Desk, browser: PageClient) -> None:
    told = browser.get("/api/lanes").json()
    lane = told["map"]["nodes"][0]["links"][0]["lanes"][0]
    assert told["file"] == "demo-lanes.json" and lane["points"][1] == [0.0, 23.63]
    key = "nodes.0.links.0.lanes.0"
    wanted = {f"{key}.points": [[0.0, 172.0], [0.0, 22.5]], f"{key}.connects_to.0.phase": 2}
    judged = browser.post("/api/lanes/check", {"values": wanted}).json()
    assert 300 < judged["octets"] < judged["most_octets"] == 1400
    wrong = browser.post("/api/lanes/check", {"values": {f"{key}.points": [[0.0, 172.0]]}}).json()
    assert wrong["findings"][0]["file"] == "demo-lanes.json" and wrong["octets"] is None
    assert browser.post("/api/lanes/check", {"values": {"nodes.9.name": "x"}}).status == 400
    assert browser.post("/api/lanes", {"values": wanted, "base": "old"}).status == 409
    tuner = desk.browser(Role.TUNE)
    assert tuner.post("/api/lanes", {"values": {f"{key}.width_m": 3.0}, "base": told["base"]}).json()["version"] == 2
    saved = browser.get("/api/lanes").json()["map"]["nodes"][0]["links"][0]["lanes"][0]
    assert (saved["width_m"], saved["points"]) == (3.0, lane["points"])
    (noted,) = audit.entries(desk.access.audit)
    versions = SiteHistory(desk.site).versions()
    assert [noted.before, noted.after] == [{told["file"]: each.files[told["file"]]} for each in versions]


def test_comments_of_a_lane_map_stay(desk: Desk, browser: PageClient) -> None:
    lanes = desk.site.parent / "lanes.yaml"
    whole = browser.get("/api/lanes").json()["map"]
    crosswalk = whole["crosswalks"][0]
    walk = f"crosswalks:\n- phase: 9 # by day\n  polygon: {crosswalk['polygon']}\n"
    lanes.write_text(
        f"# surveyed in May\nnodes: {json.dumps(whole['nodes'])}\nexits: {json.dumps(whole['exits'])}\n{walk}"
    )
    desk.site.write_text(desk.site.read_text().replace("demo-lanes.json", "lanes.yaml"))
    moved = [[round(east + 0.5, 2), north] for east, north in crosswalk["polygon"]]
    told = browser.get("/api/lanes").json()
    assert browser.post("/api/lanes", {"values": {"crosswalks.0.polygon": moved}, "base": told["base"]}).status == 200
    assert lanes.read_text().startswith("# surveyed in May") and "phase: 9 # by day" in lanes.read_text()
    assert browser.get("/api/lanes").json()["map"]["crosswalks"][0]["polygon"] == moved
