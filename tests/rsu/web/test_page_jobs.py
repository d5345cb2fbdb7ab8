"""Work of the page beyond one request: its end is told, however it ends."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from hw.detail import Detail
from rsu.core.errors import RsuError
from rsu.web.background.jobs import PageJob


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (RsuError(Detail("no such site", "没有该站点")), ("no such site", "没有该站点")),
        (OSError(28, "No space left on device"), ("[Errno 28] No space left on device",) * 2),
    ],
)
def test_a_failure_is_told_in_both_languages(error: Exception, told: tuple[str, str]) -> None:
    async def work() -> bytes:
        raise error

    async def state() -> dict[str, Any]:
        job = PageJob()
        job.begin(work)
        for _ in range(3):
            await asyncio.sleep(0)
        return dict(json.loads(bytes(job.told().body)))

    assert asyncio.run(state()) == {"state": "failed", "text": told[0], "text_zh": told[1]}
