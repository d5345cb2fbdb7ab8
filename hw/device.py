"""A device at work: a driver on its links, and its health.

A driver that raises is our bug, not the device's: it is caught here and only here, counted as `driver-exception`,
logged once, and the driver starts afresh. One device never takes the others down.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

import msgspec
import structlog

from hw.checkup import Checkup
from hw.driver import AirMessage, DeviceSettings, Driver, Send, Transmitter
from hw.intake import Refused, account
from hw.link import PortLink
from hw.modality import OTHER, Modality
from hw.registry import driver_class, modality_of
from hw.tape import LinkState, Read
from hw.timescale import Clock
from hw.vitals import NOTHING, VitalAlarm, Vitals
from hw.watch import State
from perception.objects import Measurement

TICK_NS = 20_000_000

P = ParamSpec("P")
T = TypeVar("T")
_log = structlog.get_logger()


class DeviceHealth(msgspec.Struct, frozen=True, kw_only=True):
    """How a device is.

    `ok`: measurements are accepted at the rate that is expected of such a device. `starting`: no octet has come yet.
    `lost`: not open, or silent for longer than its site file allows. `not-understood`: octets come and none is
    `frozen`: the same data come again and again. `blind`: the device itself reports why it sees nothing. `degraded`: a
    of the data is refused or missing.
    """

    name: str
    kind: str
    state: State
    last_receipt_ns: int | None
    rate_hz: float  # measurements per second over the last 3 s
    counters: dict[str, int]  # reasons why input was not used or a link failed, since the start
    error: str | None  # the present fault; None: no fault
    modality: Modality = OTHER
    refused: tuple[Refused, ...] = ()  # refused input, the latest first
    vitals: Vitals = NOTHING  # over the last 10 s
    alarms: tuple[VitalAlarm, ...] = ()  # of these figures

    @property
    def is_lost(self) -> bool:
        """Whether nothing that it says can be used."""
        return self.state not in ("ok", "degraded")


class Device:
    """One driver and its links, by port name."""

    def __init__(self, name: str, kind: str, make_driver: Callable[[], Driver], links: dict[str, PortLink]) -> None:
        self.name = name
        self.kind = kind
        self.links = links
        self.read_at: Counter[str] = Counter()  # when a port had its turn to be read, monotonic ns
        self._make_driver = make_driver
        self._driver = make_driver()
        self._correction_ns = 0
        self._started: set[str] = set()  # ports that this driver knows to be open
        self._counters: Counter[str] = Counter()  # of drivers that were replaced, and of their exceptions
        self._checkup = Checkup(links)
        self._ticked_ns = 0
        self._openings: Counter[str] = Counter()
        self._told: dict[str, LinkState] = {}  # the states that `changes` returned last

    def correct(self, correction_ns: int) -> None:
        """Take the correction, steady time to UTC, that holds from now on."""
        self._correction_ns = self._driver.correction_ns = correction_ns

    def renew(self, make_driver: Callable[[], Driver]) -> None:
        """Make its driver so from now on, where it has to be made again; the one at work stays."""
        self._make_driver = make_driver

    def tick(self, now_ns: int, changes: list[LinkState] | None = None) -> bool:
        """Open and re-open links, write the driver's requests; return whether it was time for that.

        `changes` gets how the links changed before that writing.
        """
        if 0 <= now_ns - self._ticked_ns < TICK_NS:
            return False
        self._ticked_ns = now_ns
        for port, link in self.links.items():
            if opened := link.tick(now_ns):
                self._openings[port] += 1
            if opened or (link.up and port not in self._started):
                self._started.add(port)
                self._send(self._safely(self._driver.opened, port, now_ns))
        if changes is not None:
            changes += self.changes()
        for link in self.links.values():
            if not link.up:
                return True
        self._send(self._safely(self._driver.due, now_ns))
        return True

    def read(self, port: str) -> list[Read]:
        """Return the octets that one port has now, within the bounds of `PortLink.read`."""
        self.read_at[port] = time.monotonic_ns()
        return [Read(self.name, port, receipt_ns, data) for data, receipt_ns in self.links[port].read()]

    def take(self, read: Read) -> list[Measurement]:
        """Hand bytes to the driver and return the measurements that are complete now."""
        counters, before = self._driver.counters, account(self._driver.counters)
        found = self._safely(self._driver.received, read.port, read.data, read.receipt_ns)
        after = account(self._driver.counters) if self._driver.counters is counters else before.failed()
        return self._checkup.enter(read, found, after.accepted - before.accepted, after.refused - before.refused)

    def changes(self) -> list[LinkState]:
        """Return the links that are not as the last call told."""
        changed = [self._state(port, link) for port, link in self.links.items() if not self._is_told(port, link)]
        self._told |= {state.port: state for state in changed}
        return changed

    def _is_told(self, port: str, link: PortLink) -> bool:
        """Tell whether a link is as told last; a hundred times a second, so without making a record of it."""
        told = self._told.get(port)
        return (
            told is not None
            and (told.openings, told.up, told.alive, told.error)
            == (self._openings[port], link.up, link.alive, link.error)
            and told.counters == link.counters
        )

    def tell_all(self) -> None:
        """Have `changes` return every link next time."""
        self._told.clear()

    def _state(self, port: str, link: PortLink) -> LinkState:
        counters = dict(link.counters)
        return LinkState(self.name, port, self._openings[port], link.up, link.alive, link.error, counters)

    def transmit(self, message: AirMessage) -> None:
        """Hand a message to the air; only devices whose driver is a `Transmitter` can."""
        driver = cast(Transmitter, self._driver)  # the site's check saw to that; asking a protocol takes its time
        self._send(self._safely(driver.transmit, message))

    def health(self, now_ns: int) -> DeviceHealth:
        """Return how the device is now."""
        counters = dict(self._counters + self._driver.counters if self._counters else self._driver.counters)
        for port, link in self.links.items():
            counters |= {f"{port}-{reason}": count for reason, count in link.counters.items()}
        counters |= self._checkup.content.counters
        found = self._checkup.finding(now_ns, self._driver)
        signs = self._checkup.vitals(now_ns, self._driver, counters)
        return DeviceHealth(
            name=self.name,
            kind=self.kind,
            state=found.state,
            last_receipt_ns=max(link.last_receipt_ns for link in self.links.values()) or None,
            rate_hz=self._checkup.rate_hz(now_ns),
            counters=dict(sorted(counters.items())),
            error=found.words,
            modality=modality_of(self._driver),
            refused=self._checkup.refused(now_ns, self._driver),
            vitals=signs.figures,
            alarms=signs.alarms,
        )

    def close(self) -> None:
        """Give the ports back."""
        for link in self.links.values():
            link.close()

    def _send(self, sends: list[Send]) -> None:
        for port, data in sends:
            self.links[port].write(data)

    def _safely(self, method: Callable[P, list[T]], *args: P.args, **kwargs: P.kwargs) -> list[T]:
        try:
            return method(*args, **kwargs)
        except Exception:
            if not self._counters["driver-exception"]:
                _log.exception("driver failed", device=self.name, kind=self.kind)
            self._counters += self._driver.counters + Counter({"driver-exception": 1})
            self._driver = self._make_driver()
            self._driver.correction_ns = self._correction_ns
            self._started.clear()
            return []


def build(name: str, kind: str, settings: DeviceSettings, folder: Path, clock: Clock) -> Device:
    """Make a device from its settings; relative serial paths lie in the folder. Raises UnknownDriverError."""
    links = {
        port: PortLink(place.endpoint, folder, clock, silence_ms=place.silence_ms, reopen_ms=settings.reopen_ms)
        for port, place in settings.ports().items()
    }
    return Device(name, kind, maker(name, kind, settings), links)


def maker(name: str, kind: str, settings: DeviceSettings) -> Callable[[], Driver]:
    """Return the maker of a device's driver. Raises UnknownDriverError."""
    make = driver_class(kind)
    return lambda: make(name, settings)
