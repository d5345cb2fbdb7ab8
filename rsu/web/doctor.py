"""`/api/doctor`: runs `rsu doctor` as a process of its own, so that the page goes on meanwhile; answers its rows."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hw.detail import Detail
from rsu.web import limits
from rsu.web.admission import told

_NO_ANSWER = Detail("the doctor did not end within {seconds:.0f} s", "诊断未能在 {seconds:.0f} s 内完成")
_FAILED = Detail("the doctor failed: {words}", "诊断出错：{words}")
_ENDS = (0, 1)  # exit codes with rows: all fine, something is bad
_LAST = 500  # characters of its complaint


class _DoctorDesk:
    """The address; requests wait for each other."""

    def __init__(self, run: Path, data: Path) -> None:
        self._command = (
            sys.executable,
            "-m",
            "rsu.cli.main",
            "doctor",
            "--json",
            "--run",
            str(run),
            "--data",
            str(data),
        )
        self._busy = asyncio.Lock()

    async def examine(self, _: Request) -> Response:
        """Run the doctor and answer its rows, in both languages. It takes 10 s; on a busy box the daemon goes first."""
        try:
            async with asyncio.timeout(limits.WORK_S), self._busy:
                return await self._run()
        except TimeoutError:
            return told(503, _NO_ANSWER.of(seconds=limits.WORK_S))

    async def _run(self) -> Response:
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*self._command, stdout=pipe, stderr=pipe)
        try:
            rows, complaint = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode not in _ENDS:
            return told(503, _FAILED.of(words=complaint.decode(errors="replace")[-_LAST:]))
        return Response(rows, media_type="application/json")


def routes(run: Path, data: Path) -> list[Route]:
    """Return the address of the doctor of a daemon with these folders."""
    return [Route("/api/doctor", _DoctorDesk(run, data).examine, methods=["POST"])]
