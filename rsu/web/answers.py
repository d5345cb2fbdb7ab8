"""Answers of the page's addresses as JSON, and refusals that several of them give."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.responses import Response

from hw.detail import Detail

NOT_WRITABLE = Detail("cannot be written: {reason}", "无法写入：{reason}")


def answer(content: Any, status: int = 200) -> Response:
    """Return an answer; `content` of msgspec structs and plain values."""
    return Response(msgspec.json.encode(content), status, media_type="application/json")
