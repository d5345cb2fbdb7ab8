"""The page's texts of codes and values, from the rows of reasons, events, message types and terms."""

from __future__ import annotations

from typing import Any

from perception.events.settings import KINDS
from rsu.messages.table import ROWS
from rsu.reasons import NORMAL, REASONS, Words, terms


def told() -> dict[str, dict[str, Any]]:
    """Return the words of every code and value in English and, as `..._zh`, in Chinese, by its table and itself."""
    return {
        "reasons": {code: _reason(row) | {"normal": code in NORMAL} for code, row in REASONS.items()},
        "events": {str(code): {"name": kind.name, "name_zh": kind.name_zh} for code, kind in KINDS.items()},
        "messages": {kind: {"title": row.title, "title_zh": row.title_zh} for kind, row in ROWS.items()},
        **{table: {value: _term(row) for value, row in rows.items()} for table, rows in terms.TABLES.items()},
    }


def _reason(row: Words) -> dict[str, Any]:
    return {"text": row.text, "text_zh": row.text_zh, "do": row.do, "do_zh": row.do_zh}


def _term(row: terms.Term) -> dict[str, Any]:
    told = {"name": row.name.en, "name_zh": row.name.zh, "level": row.level, "lamp": row.lamp, "flashes": row.flashes}
    return told | ({"short": row.short.en, "short_zh": row.short.zh} if row.short else {})
