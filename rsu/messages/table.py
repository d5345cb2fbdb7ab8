"""Every message type that the station sends, by name: a new one is a module with its row, and a line here."""

from __future__ import annotations

from rsu.messages import bsm, mapdata, rsi, rsm, spat
from rsu.messages.row import MessageRow

ROWS: dict[str, MessageRow] = {row.kind: row for row in (bsm.ROW, mapdata.ROW, rsm.ROW, spat.ROW, rsi.ROW)}
