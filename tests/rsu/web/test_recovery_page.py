"""The page of a box without a usable site: it is begun or mended there, and written only when it is valid."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rsu.core import audit
from rsu.core.errors import ConfigError
from rsu.site import config
from rsu.web.recovery import application
from tests.rsu.web.client import PageClient
from tests.rsu.web.serving import access, free_port, hosting

ANSWERS = {
    "name": "crossing 7", "region": 1, "node": 7, "district": "440304",
    "latitude_deg": 22.5431, "longitude_deg": 114.0579, "elevation_m": 12.0,
    "radio": "127.0.0.1:28031", "listen": "127.0.0.1:28032", "legs": ["10=s,r/1", "190=l,s/1", "280=l,r/1"],
    "devices": [{"kind": "camera-json", "link": {"tcp": "192.168.1.20:8899"}}], "language": "zh",
}  # fmt: skip


@pytest.fixture
def client(tmp_path: Path) -> Iterator[PageClient]:
    site, port = tmp_path / "my.yaml", free_port()
    try:
        config.load(site)
    except ConfigError as error:
        findings = error.findings
    with hosting(application(str(site), findings, access(tmp_path / "data")), port):
        yield PageClient(port, secure=False)


def test_a_site_is_begun_on_the_page(client: PageClient, tmp_path: Path) -> None:
    page = client.ask("GET", "/", **{"Accept-Language": "zh-CN"})
    assert page.status == 503 and 'href="begin.html">在页面上新建站点' in page.text
    assert client.get("/begin.html").status == 200
    assert client.get("/api/begin/places").json()["legs"][0] == "0=l,s,sr/2"
    assert client.post("/api/begin", ANSWERS).json() == {"site": str(tmp_path / "my.yaml")}
    loaded = config.load(tmp_path / "my.yaml")
    assert loaded.site.devices["sensor"].kind == "camera-json"
    assert (loaded.site.site.node, len(loaded.lane_map.nodes[0].links)) == (7, 3)
    assert "由 `rsu init` 生成" in (tmp_path / "my.yaml").read_text()
    (entry,) = audit.entries(tmp_path / "data" / audit.FOLDER)
    assert (entry.action, entry.after["node"]) == ("first site", 7)
    assert client.post("/api/begin", ANSWERS).status == 409
    assert 'href="site.html">Correct it' in client.get("/").text


def test_wrong_answers_write_nothing(client: PageClient, tmp_path: Path) -> None:
    wrong = client.post("/api/begin", ANSWERS | {"name": "路口"})
    assert wrong.status == 422 and wrong.json()["findings"][0]["key"] == "site.name"
    for answers in (
        {"legs": ["north"]},
        {"devices": [{"kind": "toaster", "link": {"tcp": "1.2.3.4:5"}}]},
        {"devices": [{"kind": "camera-json", "link": {"tcp": "nowhere"}}]},
        {"latitude_deg": "north"},
        {"node": 70000},
    ):
        assert client.post("/api/begin", ANSWERS | answers).status == 400, answers
    assert not (tmp_path / "my.yaml").exists()
