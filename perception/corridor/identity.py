"""Identities along the corridor: given, taken over from another box, and ended.

A number is the box's own prefix, drawn anew at each start, and a count: it tells neither place nor time nor vehicle.
Of two identities of one road user the older one stays, in both boxes by the same rule. After a way or a time an
identity ends and the road user gets another one: no road user is followed along a whole road.
"""

from __future__ import annotations

from typing import NamedTuple

from perception.corridor.settings import CorridorSettings

COUNTS = 1 << 20  # numbers of one prefix; then they begin again
ABSENT_NS = 5_000_000_000  # a track that is not reported for longer has lost its identity
PREFIXES = 1 << 32  # prefix * COUNTS + count is an exact number in JSON


class GlobalIdentity(NamedTuple):
    """One identity and how long it has lasted."""

    global_id: int
    since_ns: int  # by the clock of the box that gave it; handed on as it is
    travelled_m: float

    @property
    def age(self) -> tuple[int, int]:
        """Return the order of identities, the oldest first."""
        return self.since_ns, self.global_id


class IdentityBook:
    """The identities of a box's own tracks, by their numbers."""

    def __init__(self, prefix: int, settings: CorridorSettings) -> None:
        """`prefix`: 1..PREFIXES - 1, of no other box."""
        self.of: dict[int, GlobalIdentity] = {}
        self._next = prefix * COUNTS
        self._first = self._next
        self._settings = settings
        self._seen_ns: dict[int, int] = {}  # own track -> when it was reported last
        self._ended: dict[int, int] = {}  # global id -> when it ended here, ns

    def keep(self, tracks: list[int], travelled_m: list[float], now_ns: int) -> None:
        """Keep the identities of tracks, each of which went so far since; end those that are too old.

        A track that is not reported for a moment keeps its own.
        """
        for track, way_m in zip(tracks, travelled_m, strict=True):
            self._seen_ns[track] = now_ns
            if track in self.of:
                identity = self.of[track]
                self.of[track] = identity._replace(travelled_m=identity.travelled_m + way_m)
                if self._is_over(self.of[track], now_ns):
                    self._ended[identity.global_id] = now_ns
                    self.give(track, now_ns)
        self._seen_ns = {track: seen_ns for track, seen_ns in self._seen_ns.items() if seen_ns > now_ns - ABSENT_NS}
        self.of = {track: identity for track, identity in self.of.items() if track in self._seen_ns}
        forgotten_ns = now_ns - int(2e9 * self._settings.identity_s)
        self._ended = {number: ended_ns for number, ended_ns in self._ended.items() if ended_ns > forgotten_ns}

    def give(self, track: int, now_ns: int) -> None:
        """Give a track a new identity."""
        self.of[track] = GlobalIdentity(self._next, now_ns, 0.0)
        self._next = self._first + (self._next + 1 - self._first) % COUNTS

    def adopt(self, track: int, identity: GlobalIdentity, now_ns: int) -> bool:
        """Give a track the identity of the same road user at another box, or return False.

        It stays as it is if its own identity is older, the other one is over, or another track that is reported now
        has it.
        """
        mine = self.of.get(track)
        if mine is not None and mine.age <= identity.age:
            return False
        holder = next((each for each, one in self.of.items() if one.global_id == identity.global_id), None)
        if self._is_over(identity, now_ns) or (holder is not None and self._seen_ns[holder] == now_ns):
            return False
        if holder is not None:
            del self.of[holder]
        self.of[track] = identity
        return True

    def _is_over(self, identity: GlobalIdentity, now_ns: int) -> bool:
        old = now_ns - identity.since_ns > self._settings.identity_s * 1e9
        return old or identity.travelled_m > self._settings.identity_m or identity.global_id in self._ended
