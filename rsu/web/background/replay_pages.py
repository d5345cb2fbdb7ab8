"""The effect of an edited site on air: a recording replayed with the site that runs and with the edited one.

A piece from the end of the newest finished recording, by `rsu rec cut`, then `rsu compare`; both as processes of their
own.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hw.detail import Detail
from rsu.recorder.shelf import Shelf, ShelfItem
from rsu.site import history
from rsu.site.recording import RecordingSettings
from rsu.web import workbench
from rsu.web.admission import told
from rsu.web.background.children import Children
from rsu.web.background.jobs import PageJob
from rsu.web.site_changes import NO_SITE, SiteChanges
from rsu.web.workbench import SiteEditError

_LIMIT_S = 300.0
_S = 1_000_000_000
_NO_RECORDING = Detail(
    "there is no finished recording to replay: see `recording` of the site file, and `rsu rec start`",
    "没有可回放的已完成录制：请查看站点文件的 `recording`，以及 `rsu rec start`",
)


class EditedTexts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Edited files of a site, and how much of the recording is replayed."""

    files: dict[str, str]
    seconds: Annotated[int, msgspec.Meta(ge=10, le=300)] = 60
    language: str = "en"


class _Replay(NamedTuple):
    """Everything that one comparison needs."""

    children: Children
    site: Path
    recording: ShelfItem
    wanted: EditedTexts

    async def made(self) -> bytes | Response:
        """Return the comparison as JSON, with the time that was replayed."""
        with tempfile.TemporaryDirectory() as folder:
            piece = Path(folder, "piece.mcap")
            begin = max(0.0, self._length_s - self.wanted.seconds)
            cut = await self._run("rec", "cut", self.recording.path, piece, "--from", f"{begin:.0f}", "--json")
            return cut if isinstance(cut, Response) else await self._compared(piece)

    @property
    def _length_s(self) -> float:
        return (self.recording.end_ns - self.recording.begin_ns) / _S

    async def _compared(self, piece: Path) -> bytes | Response:
        try:
            files = await asyncio.to_thread(workbench.whole, self.site, self.wanted.files)
        except SiteEditError as error:
            return told(400, error.args[0])
        with history.laid_out(self.site, files) as edited:
            found = await self._run("compare", piece, "--a", self.site, "--b", edited, "--json")
        if isinstance(found, Response):
            return found
        span = {"end_ns": self.recording.end_ns, "seconds": round(min(self._length_s, self.wanted.seconds))}
        return msgspec.json.encode(msgspec.json.decode(found) | span)

    async def _run(self, *words: object) -> bytes | Response:
        return await self.children.run(words, _LIMIT_S, self.wanted.language)


def routes(changes: SiteChanges, data: Path) -> list[Route]:
    """Return the address. `data`: folder with the recordings."""
    job, children = PageJob(), Children()

    async def state(_: Request) -> Response:
        return job.told()

    async def begin(request: Request) -> Response:
        wanted = msgspec.json.decode(await request.body(), type=EditedTexts)
        if (site := changes.site()) is None:
            return told(503, NO_SITE)
        newest = await asyncio.to_thread(_newest, data)
        if newest is None:
            return told(409, _NO_RECORDING)
        return job.begin(_Replay(children, site, newest, wanted).made)

    return [
        Route("/api/site/replay", state),
        Route("/api/site/replay", begin, methods=["POST"]),
    ]


def _newest(data: Path) -> ShelfItem | None:
    """Return the newest finished recording."""
    settings = RecordingSettings()
    return next((each for each in reversed(Shelf(data / settings.path, settings).items()) if not each.open), None)
