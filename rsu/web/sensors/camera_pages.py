"""The addresses of a camera's calibration: its picture, points of the lane map, solving, drawings.

Pictures lie in the run folder, which no reboot survives; they show people, so that the role `view` does not see them.
All work is done by `rsu calibrate` as a process of its own.
"""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from hw.detail import Detail
from rsu.core.errors import ConfigError, NotReachableError
from rsu.site.layers import SiteLayers
from rsu.video import still
from rsu.web.admission import told
from rsu.web.background.children import Children
from rsu.web.sensors import picked
from rsu.web.sensors.picked import PickedTask
from rsu.web.site_changes import NO_SITE, SiteChanges

_LIMIT_S = 45.0
DRAWINGS = ("before-picture", "after-picture", "before-map", "after-map")
_NO_PICTURE = Detail("camera {camera} has given no picture yet", "摄像机 {camera} 尚未给出图像")
_NO_CAMERA = Detail("the site file has no camera {camera}", "站点文件中没有摄像机 {camera}")
_KINDS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png"}
_NOT_READ = Detail("expected a JPEG or PNG picture", "应为 JPEG 或 PNG 图像")


def routes(changes: SiteChanges, run: Path) -> list[Route]:
    """Return the addresses."""
    pages = _CameraPages(changes, run)
    return [
        Route("/api/calibration/cameras", pages.cameras),
        Route("/api/calibration/points", pages.points),
        Route("/api/calibration/still", pages.still, methods=["POST"]),
        Route("/api/calibration/picture", pages.picture),
        Route("/api/calibration/picture", pages.upload, methods=["POST"]),
        Route("/api/calibration/solve", pages.solve, methods=["POST"]),
        Route("/api/calibration/drawing", pages.drawing),
    ]


class _CameraPages:
    """The requests, one method each."""

    def __init__(self, changes: SiteChanges, run: Path) -> None:
        self._changes, self._run = changes, run
        self._children = Children()

    def _folder(self, camera: str) -> Path:
        """Return a camera's folder: no name leads out of it."""
        return self._run / "calibration" / hashlib.sha256(camera.encode()).hexdigest()[:16]

    async def _known(self, camera: str) -> Path | Response:
        """Return the site file, or the answer that it has no such camera: only cameras of the site take room."""
        if (site := self._changes.site()) is None:
            return told(503, NO_SITE)
        names = [each["name"] for each in await asyncio.to_thread(_cameras, site)]
        return site if camera in names else told(404, _NO_CAMERA.of(camera=camera))

    async def cameras(self, _: Request) -> Response:
        """List the cameras whose pixels become places by the site file, and whether a process of ours has each."""
        if (site := self._changes.site()) is None:
            return told(503, NO_SITE)
        return JSONResponse(await asyncio.to_thread(_cameras, site))

    async def points(self, request: Request) -> Response:
        """Answer with the points of the lane map as a camera shows them now."""
        camera, language = (request.query_params.get(name, "") for name in ("camera", "language"))
        if isinstance(site := await self._known(camera), Response):
            return site
        return _json(await self._children.run(["calibrate", "points", site, camera, "--json"], _LIMIT_S, language))

    async def still(self, request: Request) -> Response:
        """Take a picture of a running camera, and answer with it."""
        camera = request.query_params.get("camera", "")
        try:
            found = await asyncio.to_thread(still.ask, self._run, camera)
        except NotReachableError as error:
            return told(409, error.args[0])
        if not found.jpeg:
            return told(409, _NO_PICTURE.of(camera=camera))
        return await self._keep(camera, found.jpeg)

    async def upload(self, request: Request) -> Response:
        """Take a picture from a file."""
        return await self._keep(request.query_params.get("camera", ""), await request.body())

    async def _keep(self, camera: str, octets: bytes) -> Response:
        if not any(octets.startswith(head) for head in _KINDS):
            return told(400, _NOT_READ)
        if isinstance(site := await self._known(camera), Response):
            return site
        folder = self._folder(camera)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        await asyncio.to_thread((folder / "picture").write_bytes, octets)
        return JSONResponse({"octets": len(octets)})

    async def picture(self, request: Request) -> Response:
        """Answer with the picture that was taken last; none: 204."""
        file = self._folder(request.query_params.get("camera", "")) / "picture"
        if not file.exists():
            return Response(status_code=204)
        head = (await asyncio.to_thread(file.read_bytes))[:4]
        return FileResponse(file, media_type=next(kind for mark, kind in _KINDS.items() if head.startswith(mark)))

    async def solve(self, request: Request) -> Response:
        """Calibrate a camera, and draw its picture before and after; nothing is written into the site."""
        task = msgspec.json.decode(await request.body(), type=PickedTask)
        if isinstance(site := await self._known(task.camera), Response):
            return site
        words = await asyncio.to_thread(_words, site, task, self._folder(task.camera))
        return _json(await self._children.run(words, _LIMIT_S, task.language))

    async def drawing(self, request: Request) -> Response:
        """Answer with a drawing of the last solution."""
        camera, name = (request.query_params.get(each, "") for each in ("camera", "name"))
        file = self._folder(camera) / f"{name}.png"
        if name not in DRAWINGS or not file.exists():
            return told(404, _NO_PICTURE.of(camera=camera))
        return FileResponse(file, media_type="image/png")


def _json(found: bytes | Response) -> Response:
    return found if isinstance(found, Response) else Response(found, media_type="application/json")


def _words(site: Path, task: PickedTask, folder: Path) -> list[object]:
    """Write the tables of a task, and return the command that reads them."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in DRAWINGS:
        (folder / f"{name}.png").unlink(missing_ok=True)
    tables = {"points": picked.points(task)} | ({"lines": picked.edges(task)} if task.edges else {})
    words: list[object] = ["calibrate", "camera", site, task.camera, "--json"]
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        words += [f"--{name}", folder / f"{name}.csv"]
    if task.find:
        words += ["--find", task.find]
    if (folder / "picture").exists():
        words += ["--picture", folder / "picture", "--drawings", folder]
    return words


def _cameras(site: Path) -> list[dict[str, Any]]:
    """Return the cameras of a site file, which may have mistakes."""
    try:
        data = SiteLayers(site).data
    except (ConfigError, OSError):
        return []
    found = []
    for sensor in data.get("sensors") or []:
        name = str(sensor.get("device", ""))
        device = (data.get("devices") or {}).get(name) or {}
        if sensor.get("camera") or device.get("video") or (device.get("driver") or {}).get("image_px"):
            found.append({"name": name, "running": bool(device.get("video"))})
    return found
