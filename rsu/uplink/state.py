"""State of the uplink: counters, and every trouble in words: cause, then remedy."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from rsu.bus.records import UplinkState
from rsu.reasons import uplink as words
from rsu.uplink import credentials
from rsu.uplink.sender import PlatformSender
from rsu.uplink.store import Store
from rsu.uplink.validity import Validity

WARNED_DAYS = 30.0
_DAY_S = 86_400.0
_LOOK_S = 60.0  # at certificates, so often
_NEWS_S = 90.0  # a record that was refused or set aside is a trouble for so long: each kind is sent every minute


class StateReporter:
    """Makes the state once a second."""

    def __init__(self, store: Store, sender: PlatformSender | None) -> None:
        self._store = store
        self._sender = sender
        self._validities: dict[str, Validity] = {}
        self._looked_s = float("-inf")  # monotonic
        self._counts: Mapping[str, int] = {}  # of refused and set-aside records, as of the last change
        self._changed_s: float | None = None  # monotonic; of that

    def now(self) -> UplinkState:
        """Return the state."""
        counters, sender = self._store.counters, self._sender
        refused, aside = _named(counters, "refused."), _named(counters, "aside.")
        self._look(refused | aside)
        days = {name: round(_days(each), 1) for name, each in self._validities.items()}
        return UplinkState(
            stamp_ns=time.time_ns(),
            connected=sender is not None and sender.connected,
            platform=sender.platform if sender is not None else "none: spool only",
            spooled=counters.get("spooled", 0),
            acknowledged=counters.get("acknowledged", 0),
            waiting=counters.get("waiting", 0),
            evicted=_named(counters, "evicted."),
            error=self._store.error or (str(sender.trouble) if sender is not None and sender.trouble else None),
            refused=refused,
            refusal=sender.refusal if sender is not None else None,
            set_aside=aside,
            silent_s=_rounded(sender.silence.silent_s()) if sender is not None and sender.connected else None,
            denied=dict(sender.link.denied) if sender is not None and sender.link is not None else {},
            stray_acks=sender.stray if sender is not None else {},
            expires_days=days,
            troubles=list(self._troubles(refused, aside)),
        )

    def _look(self, counts: Mapping[str, int]) -> None:
        now_s = time.monotonic()
        if counts != self._counts:
            self._changed_s = None if self._looked_s < 0 else now_s  # counts of an earlier run are no news
            self._counts = counts
        if self._sender is None or now_s - self._looked_s < _LOOK_S:
            return
        self._looked_s = now_s
        self._validities = credentials.validities(self._sender.settings)
        until = self._sender.link.peer_until if self._sender.link is not None else None
        if until is not None:
            self._validities["broker"] = Validity(0.0, float(ssl.cert_time_to_seconds(until)))

    def _troubles(self, refused: Mapping[str, int], aside: Mapping[str, int]) -> Iterator[str]:
        if self._store.error is not None:
            yield f"{self._store.error}: {words.CHECK_DISK}"
        if self._sender is not None:
            yield from self._of_connection(self._sender)
        if self._changed_s is not None and time.monotonic() - self._changed_s < _NEWS_S:
            if refused:
                why = self._sender.refusal if self._sender is not None else None
                yield f"{words.REFUSED.say(_counted(refused), why)}: {words.ASK_OPERATOR}"
            if aside:
                yield f"{words.SET_ASIDE.say(_counted(aside))}: {words.LARGER_PACKETS}"
        yield from self._of_certificates()

    def _of_connection(self, sender: PlatformSender) -> Iterator[str]:
        found = sender.trouble or sender.unstable
        if found is not None:
            yield str(found)
        link, silent_s, dialect = sender.link, sender.silence.silent_s(), sender.dialect
        if link is None or not sender.connected:
            return
        if silent_s is not None:
            waited = f"{silent_s:.0f}"
            if not dialect.answered:
                yield f"{words.NOT_ACCEPTED.say(waited)}: {words.MAY_PUBLISH.say(dialect.upward)}"
                return
            silent = words.UNHEARD if link.unheard else words.NOT_ACKNOWLEDGED
            yield f"{silent.say(waited)}: {words.IS_IT_RUNNING.say(dialect.upward, dialect.answered)}"
        for kind, why in link.denied.items():
            yield f"{kind}: {why}: {words.ALLOW.say(dialect.topic(kind))}"
        for kind, waited_s in sender.silence.kinds().items() if silent_s is None else ():
            if kind not in link.denied:
                advice = words.MAY_PUBLISH_KIND.say(dialect.topic(kind))
                yield f"{kind}: {words.KIND_SILENT.say(f'{waited_s:.0f}')}: {advice}"

    def _of_certificates(self) -> Iterator[str]:
        for name, valid in self._validities.items():
            days = _days(valid)
            date = f"{datetime.fromtimestamp(valid.end_s, UTC):%Y-%m-%d}"
            today, whose = f"{datetime.now(UTC):%Y-%m-%d}", words.CERTIFICATES[name]
            if time.time() < valid.begin_s:
                yield words.NOT_VALID_YET.say(whose, today)
            elif days < 0:
                yield words.EXPIRED.say(whose, date, today)
            elif days < WARNED_DAYS:
                yield words.EXPIRES.say(whose, f"{days:.0f}", date, today)


def _days(valid: Validity) -> float:
    return (valid.end_s - time.time()) / _DAY_S


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)


def _named(counters: Mapping[str, int], prefix: str) -> dict[str, int]:
    return {
        name.removeprefix(prefix): count
        for name, count in sorted(counters.items())
        if name.startswith(prefix) and count
    }


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items())
