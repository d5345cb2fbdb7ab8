"""`/api/doctor`: runs `rsu doctor` as a process of its own, so that the page goes on meanwhile; answers its rows."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rsu.web import limits
from rsu.web.background.children import Children


class _DoctorDesk:
    """The address; requests wait for each other."""

    def __init__(self, run: Path, data: Path) -> None:
        self._words = ("doctor", "--json", "--run", run, "--data", data)
        self._children = Children()

    async def examine(self, _: Request) -> Response:
        """Run the doctor and answer its rows, in both languages. It takes 10 s; on a busy box the daemon goes first."""
        found = await self._children.run(self._words, limits.WORK_S)
        return found if isinstance(found, Response) else Response(found, media_type="application/json")


def routes(run: Path, data: Path) -> list[Route]:
    """Return the address of the doctor of a daemon with these folders."""
    return [Route("/api/doctor", _DoctorDesk(run, data).examine, methods=["POST"])]
