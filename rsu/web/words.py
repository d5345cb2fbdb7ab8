"""The page's texts of codes, from the rows of reasons, events and message types."""

from __future__ import annotations

from typing import Any

from perception.events.settings import KINDS
from rsu.messages.table import ROWS
from rsu.reasons import NORMAL, REASONS, Words


def told() -> dict[str, dict[str, Any]]:
    """Return the words of every code in English and, as `..._zh`, in Chinese, by its table and itself."""
    return {
        "reasons": {code: _reason(row) | {"normal": code in NORMAL} for code, row in REASONS.items()},
        "events": {str(code): {"name": kind.name, "name_zh": kind.name_zh} for code, kind in KINDS.items()},
        "messages": {kind: {"title": row.title, "title_zh": row.title_zh} for kind, row in ROWS.items()},
    }


def _reason(row: Words) -> dict[str, Any]:
    return {"text": row.text, "text_zh": row.text_zh, "do": row.do, "do_zh": row.do_zh}
