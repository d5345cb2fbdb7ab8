"""The page's texts of codes, from the rows of reasons, events and message types."""

from __future__ import annotations

from typing import Any

from perception.events.kinds import KINDS
from rsu.messages.table import ROWS
from rsu.reasons import NORMAL, REASONS


def told() -> dict[str, dict[str, Any]]:
    """Return the words of every code, by its table and itself."""
    return {
        "reasons": {code: {"text": row.text, "do": row.do, "normal": code in NORMAL} for code, row in REASONS.items()},
        "events": {str(code): kind.name for code, kind in KINDS.items()},
        "messages": {kind: row.title for kind, row in ROWS.items()},
    }
