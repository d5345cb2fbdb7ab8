"""The address of registration: how the sensors stand by this box's recordings, found by `rsu tune --registration`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rsu.web.admission import told
from rsu.web.background.children import Children
from rsu.web.background.jobs import PageJob
from rsu.web.site_changes import NO_SITE, SiteChanges

_LIMIT_S = 900.0  # ten minutes of a recording on a slow box


class WantedRegistration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The recordings to take, and the language of complaints."""

    minutes: Annotated[int, msgspec.Meta(ge=1, le=30)]
    language: str = "en"


def routes(changes: SiteChanges, data: Path) -> list[Route]:
    """Return the address. `data`: folder with the recordings."""
    job, children = PageJob(), Children()

    async def state(_: Request) -> Response:
        return job.told()

    async def begin(request: Request) -> Response:
        wanted = msgspec.json.decode(await request.body(), type=WantedRegistration)
        if (site := changes.site()) is None:
            return told(503, NO_SITE)
        words = ["tune", "--registration", "--last", wanted.minutes, "--site", site, "--data", data, "--json"]
        return job.begin(lambda: children.run(words, _LIMIT_S, wanted.language))

    return [
        Route("/api/registration", state),
        Route("/api/registration", begin, methods=["POST"]),
    ]
