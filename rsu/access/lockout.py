"""Trials of passwords and codes: after some that fail, the same address or user has to wait, longer each time."""

from __future__ import annotations

from typing import NamedTuple

FREE = {"address": 5, "user": 20}  # failures before the first wait; a stranger must not lock a user out at once
FIRST_WAIT_S = 30.0
LONGEST_WAIT_S = 3600.0
_FORGET_S = 6 * 3600.0  # without a failure
_MOST = 4096


class _Failures(NamedTuple):
    number: int
    last_s: float
    until_s: float  # no trial before


Subject = tuple[str, str]  # `address` or `user`, and which


class LockOut:
    """The failures of each subject. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._failures: dict[Subject, _Failures] = {}

    def wait_s(self, subjects: list[Subject], now_s: float) -> float:
        """Return how long to wait until the next trial; 0: it may be made now."""
        found = (self._failures.get(each) for each in subjects)
        return max((0.0, *(each.until_s - now_s for each in found if each)))

    def failed(self, subjects: list[Subject], now_s: float) -> bool:
        """Note a failure; return whether a wait begins with it."""
        began = False
        for subject in subjects:
            count = self._count(subject, now_s) + 1
            over = count - FREE[subject[0]]
            wait_s = min(FIRST_WAIT_S * 2.0**over, LONGEST_WAIT_S) if over >= 0 else 0.0
            began = began or wait_s > 0.0
            self._failures.pop(subject, None)  # the newest stands last
            self._failures[subject] = _Failures(count, now_s, now_s + wait_s)
        while len(self._failures) > _MOST:
            del self._failures[next(iter(self._failures))]
        return began

    def succeeded(self, subjects: list[Subject]) -> None:
        """Forget the failures of subjects."""
        for subject in subjects:
            self._failures.pop(subject, None)

    def _count(self, subject: Subject, now_s: float) -> int:
        found = self._failures.get(subject)
        return found.number if found and now_s - found.last_s < _FORGET_S else 0
