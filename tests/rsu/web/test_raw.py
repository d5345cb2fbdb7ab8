"""The raw view of a device: octets off the tape, and the measurements of a driver of its own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from rsu.web import raw
from rsu.web.app import application
from rsu.web.board import Board
from rsu.web.shown_site import ShownSite
from tests.rsu.web.crossing import lane_map
from tests.rsu.web.played import Played
from tests.rsu.web.serving import access, free_port, hosting
from tests.rsu.web.test_web_app import Client


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    run, port = tmp_path_factory.mktemp("run"), free_port()
    with Played(run, "day", tmp_path_factory.mktemp("site")) as played:
        further = raw.routes(run, ShownSite.of(played.config, run).drivers)
        with hosting(application(Board("x", lane_map()), run, access(run), further), port):
            yield Client(port)


def told(client: Client, device: str, least: int) -> Any:
    deadline = time.monotonic() + 8
    while time.monotonic() < deadline:
        answer = client.get(f"/api/raw/{device}").json()
        if len(answer["measurements"]) >= least:
            return answer
        time.sleep(0.2)
    raise AssertionError(f"no measurements of {device}")


@pytest.mark.parametrize(
    ("device", "kind", "field"),
    [
        ("radar-north", "Detections", "position_m"),
        ("gnss", "Fix", "latitude_deg"),
        ("camera-east", "Detections", "kind"),
    ],
)
def test_octets_and_their_measurements(client: Client, device: str, kind: str, field: str) -> None:
    answer = told(client, device, 1)
    newest = answer["reads"][-1]
    assert newest["octets"] * 2 >= len(newest["hex"]) > 0 and newest["port"]
    measured = [each for each in answer["measurements"] if each["measurement"] == kind]
    assert measured and any(field in each for each in measured)


def test_the_tape_is_left_with_the_page(tmp_path: Path) -> None:
    with Played(tmp_path, "day", tmp_path) as played:
        view = raw.RawView(tmp_path, ShownSite.of(played.config, tmp_path).drivers)
        page = Starlette(routes=[Route("/api/raw/{device}", view.show)])
        with hosting(page, port := free_port()):
            Client(port).get("/api/raw/gnss")
            assert [*view._taps] == ["gnss"]
        assert not view._taps


def test_a_device_that_the_site_has_not_is_not_there(client: Client) -> None:
    assert client.get("/api/raw/nobody").status == 404
