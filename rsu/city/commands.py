"""Commands to boxes: journalled before they go to the broker, each followed to its answer or to the end of its time.

States: `given` (in the journal), `sent` (the broker has it, and keeps it for an absent box until it expires), then the
box's own word: `applied`, `refused`, `failed`; `unanswered`: its time is over, and the box has said nothing.
"""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from hw.decoding import UNDECODABLE
from rsu.city.signing import CityKey

LONGEST_S = 7 * 86_400  # the session of a box at the broker
_DEADLINE_MS = 630_000  # the longest of a box's, and its way back
_SHOWN = 200
_LARGEST = (1 << 63) - 1  # number that SQLite takes
_ENDS = ("applied", "refused", "failed")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS command (
    id INTEGER PRIMARY KEY AUTOINCREMENT, box TEXT NOT NULL, command TEXT NOT NULL, body BLOB NOT NULL,
    user TEXT NOT NULL, given_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL, state TEXT NOT NULL,
    ended_ms INTEGER, why TEXT NOT NULL DEFAULT '', answer BLOB NOT NULL DEFAULT x'');
CREATE INDEX IF NOT EXISTS command_open ON command (state) WHERE state IN ('given', 'sent');
"""


class CityCommand(NamedTuple):
    """One command as it goes to the broker."""

    id: int
    topic: str
    body: bytes
    expiry_s: int
    signature: str
    correlation: bytes


class _BoxWord(msgspec.Struct, frozen=True, rename={"why": "errorDesc"}):
    state: str
    why: str = ""


class CommandDesk:
    """The commands of a city; several threads use it."""

    def __init__(self, path: Path, key: CityKey) -> None:
        """Open or create the journal."""
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode = WAL", "synchronous = FULL"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.executescript(_SCHEMA)
        self._key, self._lock = key, threading.Lock()

    def give(self, box: str, command: str, content: dict[str, Any], user: str, now_ms: int, for_s: int) -> int:
        """Journal a command; return its number, which is its seqNum and the counter of its signature too.

        Numbers begin at the time in ms, so that they rise over the loss of the journal.
        """
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            last = self._db.execute("SELECT max(id) FROM command").fetchone()[0] or 0
            number = max(int(last) + 1, now_ms)
            body = msgspec.json.encode(
                content | {"seqNum": str(number), "rscuSn": box, "timeStamp": now_ms, "ack": True}
            )
            row = (number, box, command, body, user, now_ms, now_ms + for_s * 1000)
            query = "INSERT INTO command (id, box, command, body, user, given_ms, expires_ms, state)"
            self._db.execute(f"{query} VALUES (?, ?, ?, ?, ?, ?, ?, 'given')", row)
            self._db.execute("COMMIT")
        return number

    def waiting(self, now_ms: int) -> list[CityCommand]:
        """Return the commands that the broker has not; of those that were under way at a stop it may get one twice."""
        query = "SELECT id, box, command, body, expires_ms FROM command WHERE state = 'given' AND expires_ms > ?"
        query += " ORDER BY id"
        with self._lock:
            rows = self._db.execute(query, (now_ms,)).fetchall()
        return [self._signed(row, now_ms) for row in rows]

    def _signed(self, row: tuple[int, str, str, bytes, int], now_ms: int) -> CityCommand:
        number, box, command, body, expires_ms = row
        topic = f"rscu/{box}/{command}/down"
        signature = self._key.sign(topic, body, number, expires_ms // 1000)
        expiry_s = max(1, (expires_ms - now_ms) // 1000)
        return CityCommand(number, topic, body, expiry_s, signature, str(number).encode())

    def sent(self, number: int) -> None:
        """Note that the broker has a command."""
        with self._lock:
            self._db.execute("UPDATE command SET state = 'sent' WHERE id = ? AND state = 'given'", (number,))

    def answered(self, topic: str, body: bytes, correlation: bytes, now_ms: int) -> bool:
        """Note a box's answer; False: it is none to a command that was given to this box."""
        try:
            said, whole = msgspec.json.decode(body, type=_BoxWord), msgspec.json.decode(body, type=dict[str, Any])
            number, (_, box, command, *_) = int(correlation), topic.split("/")
        except (*UNDECODABLE, ValueError):
            return False
        if said.state not in _ENDS or abs(number) > _LARGEST:
            return False
        query = (
            "UPDATE command SET state = ?, why = ?, answer = ?, ended_ms = ? WHERE id = ? AND box = ? AND command = ?"
        )
        row = (said.state, said.why, msgspec.json.encode(whole), now_ms, number, box, command)
        with self._lock:
            return self._db.execute(query, row).rowcount == 1

    def follow(self, now_ms: int) -> None:
        """End the commands whose time is over."""
        query = "UPDATE command SET state = 'unanswered', ended_ms = ?1 WHERE"
        query += f" (state = 'given' AND expires_ms <= ?1) OR (state = 'sent' AND expires_ms + {_DEADLINE_MS} <= ?1)"
        with self._lock:
            self._db.execute(query, (now_ms,))

    def rows(self, box: str = "") -> list[dict[str, Any]]:
        """Return the newest commands, of one box or of all."""
        query = "SELECT id, box, command, body, user, given_ms, expires_ms, ended_ms, state, why, answer FROM command"
        with self._lock:
            found = self._db.execute(f"{query} WHERE ?1 IN ('', box) ORDER BY id DESC LIMIT {_SHOWN}", (box,))
            names = [column[0] for column in found.description]
            rows = [dict(zip(names, row, strict=True)) for row in found]
        plain = ("body", "answer")
        return [row | {name: msgspec.json.decode(row[name] or b"null") for name in plain} for row in rows]

    def close(self) -> None:
        """Close the journal."""
        self._db.close()
