"""Our commands as processes of their own, one at a time, so that the page goes on meanwhile; with a limit of time."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Collection

from starlette.responses import Response

from hw.detail import Detail
from rsu.web.admission import told

_NO_ANSWER = Detail("`rsu {name}` did not end within {seconds:.0f} s", "`rsu {name}` 未能在 {seconds:.0f} s 内完成")
_FAILED = Detail("`rsu {name}` failed: {words}", "`rsu {name}` 出错：{words}")
_ENDS = (0, 1)  # exit codes with an answer: all fine, something was found
_LOCALES = {"en": "C.UTF-8", "zh": "zh_CN.UTF-8"}  # of complaints; whether they are installed does not matter
_LAST = 2000  # characters of a complaint


class Children:
    """Runs commands; each waits for the one before it."""

    def __init__(self) -> None:
        self._alone = asyncio.Lock()

    async def run(
        self, words: Collection[object], limit_s: float, language: str = "en", ends: Collection[int] = _ENDS
    ) -> bytes | Response:
        """Run a command that prints JSON; return it, or the answer that says why there is none.

        `limit_s`: for waiting and running; it is killed then. `language`: of complaints. `ends`: exit codes with JSON.
        """
        name = next(iter(map(str, words)))
        try:
            async with asyncio.timeout(limit_s), self._alone:
                code, answer, complaint = await _ran([*map(str, words)], language)
        except TimeoutError:
            return told(503, _NO_ANSWER.of(name=name, seconds=limit_s))
        if code not in ends:
            return told(409, _FAILED.of(name=name, words=complaint.decode(errors="replace")[-_LAST:].strip()))
        return answer


async def _ran(words: list[str], language: str) -> tuple[int, bytes, bytes]:
    """Run a command to its end; return exit code, standard output and error."""
    pipe, locale = asyncio.subprocess.PIPE, {"LC_ALL": _LOCALES.get(language, _LOCALES["en"])}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "rsu.cli.main", *words, stdout=pipe, stderr=pipe, env=os.environ | locale
    )
    try:
        answer, complaint = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode or 0, answer, complaint
