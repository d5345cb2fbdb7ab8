"""The addresses of a camera's calibration: cameras of the site alone take room in the run folder."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette

from rsu.web.sensors import camera_pages
from tests.rsu.web.client import PageClient
from tests.rsu.web.desk import Desk
from tests.rsu.web.serving import free_port, hosting

JPEG = b"\xff\xd8\xff\xe0 a picture"


def test_a_picture_of_no_camera_takes_no_room(tmp_path: Path) -> None:
    run = tmp_path / "run"
    with hosting(Starlette(routes=camera_pages.routes(Desk(tmp_path).changes, run)), port := free_port()):
        page = PageClient(port, secure=False)
        assert page.get("/api/calibration/picture?camera=nobody").status == 204
        assert page.ask("POST", "/api/calibration/picture?camera=nobody", JPEG).status == 404
        assert not run.exists()
        camera = next(each["name"] for each in page.get("/api/calibration/cameras").json())
        assert page.ask("POST", f"/api/calibration/picture?camera={camera}", JPEG).json() == {"octets": len(JPEG)}
        assert page.get(f"/api/calibration/picture?camera={camera}").headers["Content-Type"] == "image/jpeg"
