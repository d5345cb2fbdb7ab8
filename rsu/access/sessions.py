"""The sessions of users that have logged in: in memory, so that none outlives the page's process."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from rsu.access.roles import Role

IDLE_S = 1800.0
LONGEST_S = 12 * 3600.0
_MOST = 64


@dataclass
class Session:
    """One user at one browser. Times are monotonic seconds."""

    name: str
    role: Role
    csrf: str  # the page shows it with every change, other sites cannot know it
    began_s: float
    seen_s: float
    ended: bool = False  # by a logout or for another reason, while an open connection still holds it

    def valid(self, now_s: float) -> bool:
        """Return whether the session goes on."""
        return not self.ended and now_s - self.seen_s < IDLE_S and now_s - self.began_s < LONGEST_S

    def permits(self, csrf: str) -> bool:
        """Return whether a change comes from the page itself."""
        return hmac.compare_digest(csrf.encode(), self.csrf.encode())


class Sessions:
    """All sessions, by the hash of the token in the browser's cookie."""

    def __init__(self) -> None:
        self._sessions: dict[bytes, Session] = {}

    def begin(self, name: str, role: Role, now_s: float) -> str:
        """Begin a session and return its token; the oldest makes room for it."""
        self._sessions = {key: each for key, each in self._sessions.items() if each.valid(now_s)}
        if len(self._sessions) >= _MOST:
            self._end(min(self._sessions, key=lambda key: self._sessions[key].seen_s))
        token = secrets.token_urlsafe(32)
        self._sessions[_key(token)] = Session(name, role, secrets.token_urlsafe(16), now_s, now_s)
        return token

    def find(self, token: str, now_s: float) -> Session | None:
        """Return the session of a token, if it goes on; that it was used is noted."""
        session = self._sessions.get(_key(token))
        if session is None or not session.valid(now_s):
            return None
        session.seen_s = now_s
        return session

    def end(self, token: str) -> None:
        """End a session."""
        self._end(_key(token))

    def end_all(self, name: str) -> None:
        """End every session of a user."""
        for key in [key for key, each in self._sessions.items() if each.name == name]:
            self._end(key)

    def _end(self, key: bytes) -> None:
        if (session := self._sessions.pop(key, None)) is not None:
            session.ended = True


def _key(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
