"""The state of a device in words: whether its data are understood, change and are complete, and which were refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from hw import channel, hints, link, mqtt, opening, repeats, vital_rules
from hw.content import WORDS, Content
from hw.detail import Detail
from hw.driver import Driver
from hw.hints import damaged, recognised, unknown
from hw.intake import NOISE, Intake, Refused, shown
from hw.link import PortLink
from hw.repeats import Repeats
from hw.tape import Read
from hw.utc import NS
from hw.vitals import VitalSigns
from hw.watch import LOSSES, SHORTAGE, DeviceWatch, State
from perception.objects import Measurement

EXPLAIN_NS = NS  # causes are searched for at most so often
MOST_SHOWN = 6  # reasons
_FOUND_HERE = WORDS | {repeats.COUNTER: repeats.WORDS}  # counters of content, not of the driver
NOT_UNDERSTOOD = Detail("nothing of what it says is understood: {}", "其数据完全无法解析：{}")
DETAILS = (
    *(NOT_UNDERSTOOD, LOSSES, SHORTAGE),
    *(
        *_FOUND_HERE.values(),
        *vital_rules.DETAILS,
        *hints.DETAILS,
        *link.DETAILS,
        *channel.DETAILS,
        *opening.DETAILS,
        *mqtt.DETAILS,
    ),
)


class Condition(NamedTuple):
    """How a device is, and why."""

    state: State
    words: str | None  # the fault; None: no fault


class Checkup:
    """Judges one device by the measurements and refusals that its bytes give."""

    def __init__(self, links: Mapping[str, PortLink]) -> None:
        self.content = Content()
        self._repeats = Repeats()
        self._links = links
        patience = [link.silence_ns for link in links.values() if link.silence_ns is not None]
        self._watch = DeviceWatch(max(patience, default=2 * NS))
        self._read = Read("", "", 0, b"")  # the newest of a port that speaks by itself
        self._refused: tuple[Refused, ...] = ()
        self._explained_ns = -EXPLAIN_NS
        serial = [link.endpoint.serial for link in links.values() if link.silence_ns is not None]
        self._signs = VitalSigns(next((line.baud for line in serial if line), None))

    def enter(self, read: Read, found: list[Measurement], accepted: int, refused: int) -> list[Measurement]:
        """Enter a read: its measurements `found` and the count of other messages; return the usable measurements."""
        found = [one for one in found if not self._is_repeated(one)]
        used = [kept for one in found if (kept := self.content.used(one)) is not None]
        if self._links[read.port].silence_ns is not None:
            self._watch.hear(read.receipt_ns, len(used), len(found) + accepted, refused)
            self._signs.hear(len(read.data), found, refused)
            self._read = read
        return used

    def _is_repeated(self, one: Measurement) -> bool:
        repeated = self._repeats.has(one)
        if repeated:
            self.content.counters[repeats.COUNTER] += 1
        return repeated

    def rate_hz(self, now_ns: int) -> float:
        """Return the rate of measurements that can be used."""
        return self._watch.rate_hz(now_ns)

    def vitals(self, now_ns: int, driver: Driver, counters: Mapping[str, int]) -> VitalSigns:
        """Return the vital figures and their alarms; made anew once a second. `counters`: of driver and content."""
        if self._signs.is_due(now_ns):
            self._signs.step(now_ns, counters, getattr(driver, "nominal_hz", 0.0))
        return self._signs

    def finding(self, now_ns: int, driver: Driver) -> Condition:
        """Return how the device is now."""
        if self._watch.is_strange(now_ns):
            return Condition("not-understood", NOT_UNDERSTOOD.say(self._cause(now_ns, driver, NOISE)))
        for each in self._links.values():
            if not each.alive:
                return self._lost(driver)
        return self._alive(now_ns, driver)

    def _lost(self, driver: Driver) -> Condition:
        """Return the condition of a device with a link that is not alive."""
        errors = [f"{port}: {link.error}" for port, link in self._links.items() if link.error]
        return Condition("lost" if errors else "starting", next(iter(errors), driver.error))

    def refused(self, now_ns: int, driver: Driver) -> tuple[Refused, ...]:
        """Return the refused input, the latest first; causes are searched for once a second."""
        if now_ns - self._explained_ns >= EXPLAIN_NS:
            self._explained_ns = now_ns
            samples = driver.counters.samples if isinstance(driver.counters, Intake) else {}
            reasons = [*reversed(samples), *self.content.counters][:MOST_SHOWN]
            self._refused = tuple(self._explained(reason, driver) for reason in reasons)
        return self._refused

    def _alive(self, now_ns: int, driver: Driver) -> Condition:
        nominal_hz: float = getattr(driver, "nominal_hz", 0.0)
        fault = self.content.fault(now_ns)
        if fault == "frozen":
            return Condition("frozen", WORDS[fault].en)
        if fault:
            return Condition("degraded", WORDS[fault].en)
        if driver.error and nominal_hz and not self._watch.rate_hz(now_ns):
            return Condition("blind", driver.error)
        if (few := self._watch.shortage(now_ns, nominal_hz)) is not None:
            return Condition("degraded", driver.error or few)
        if (many := self._watch.losses(now_ns)) is not None:
            return Condition("degraded", f"{many}: {self._cause(now_ns, driver)}")
        return Condition("starting" if self._watch.is_new else "ok", driver.error)

    def _cause(self, now_ns: int, driver: Driver, reason: str = "") -> str:
        """Return the likely cause of input refused for a reason, or else of the input refused last."""
        refused = self.refused(now_ns, driver)
        first = next((each for each in refused if each.reason == reason), next(iter(refused), None))
        if first is not None and first.cause is not None:
            return first.cause
        return (
            driver.error
            or recognised(self._read.data)
            or unknown(self._read.data, self._link(self._read.port).endpoint)
        )

    def _explained(self, reason: str, driver: Driver) -> Refused:
        if reason in _FOUND_HERE:
            return shown(reason, self.content.counters[reason], b"", _FOUND_HERE[reason].en)
        sample = driver.counters.samples[reason] if isinstance(driver.counters, Intake) else b""
        port = reason.split("-")[0]
        link = self._link(port if port in self._links else self._read.port)
        known = _told(driver, reason, sample) or recognised(sample) or damaged(reason)
        cause = known or unknown(sample, link.endpoint)
        return shown(reason, driver.counters[reason], sample, cause)

    def _link(self, port: str) -> PortLink:
        """Return a port's link; the first one where only ports that speak when spoken to were read."""
        return self._links.get(port) or next(iter(self._links.values()))


def _told(driver: Driver, reason: str, sample: bytes) -> str | None:
    """Return the driver's own explanation of input that it refused."""
    explain = getattr(driver, "explain", None)
    told: str | None = explain(reason, sample) if explain is not None else None
    return told
