"""The loop that serves all devices, round by round: fed from their ports, or from a recording of an earlier run."""

from __future__ import annotations

import select
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from hw.device import TICK_NS, Device
from hw.link import REST_NS
from hw.tape import LinkState, Read, Round
from hw.timescale import Clock
from perception.objects import Measurement

READING_NS = 5_000_000  # longest reading in a round that has no time to wait, so that data come late and not never


class Feed(Protocol):
    """Where the bytes of one round come from."""

    @property
    def now_ns(self) -> int:
        """When the devices are ticked, steady."""

    @property
    def correction_ns(self) -> int:
        """The correction from steady time to UTC, ns."""

    @property
    def reads(self) -> Iterable[Read]:
        """The bytes, to be asked for when the devices were ticked."""


class Rounds:
    """All devices of a site, by name."""

    def __init__(self, devices: Mapping[str, Device]) -> None:
        self.devices = devices
        self._ticked_ns = 0
        self._correction_ns: int | None = None  # as the devices know it

    def serve(self, feed: Feed, tape: list[Round] | None = None) -> Iterator[Measurement]:
        """Yield the measurements of all devices in one round: they are ticked, then handed their bytes.

        A `tape` gets, at the end, the input that another run needs to repeat this round.
        """
        changes: list[LinkState] | None = None if tape is None else []
        ticked, reads = self._tick(feed, changes), []
        for read in feed.reads:
            reads.append(read)
            yield from self.devices[read.device].take(read)
        if tape is not None and (ticked or reads):
            tape.append(Round(feed.now_ns, changes or [], reads, feed.correction_ns))

    def _tick(self, feed: Feed, changes: list[LinkState] | None) -> bool:
        """Tick the devices where it is time for that, as each would find for itself; return whether it was."""
        if feed.correction_ns != self._correction_ns:
            self._correction_ns = feed.correction_ns
            for device in self.devices.values():
                device.correct(feed.correction_ns)
        if 0 <= feed.now_ns - self._ticked_ns < TICK_NS:
            return False
        self._ticked_ns = feed.now_ns
        for device in self.devices.values():
            device.tick(feed.now_ns, changes)
        return True


class Ports:
    """One round's bytes out of the devices' own ports.

    To be waited for at most 20 ms, the pace at which drivers expect `due`. Devices that say too much do not hold the
    caller up: when the time is over (or 5 ms, if that is more), no further port is read. The one whose last turn is
    longest ago is first.
    """

    def __init__(self, devices: Iterable[Device], timeout_s: float, clock: Clock, correction_ns: int = 0) -> None:
        """`timeout_s`: longest wait for the first octets; `clock`: steady; `correction_ns`: from steady time to UTC."""
        self.now_ns = clock()
        self.correction_ns = correction_ns
        self._devices = devices
        self._timeout_s = timeout_s
        self._clock = clock

    @property
    def reads(self) -> Iterator[Read]:
        """Wait until one of the devices has octets or the time is over; read them."""
        end_ns = self.now_ns + max(READING_NS, round(self._timeout_s * 1e9))
        for device, port in sorted(self._ready(), key=lambda each: each[0].read_at[each[1]]):
            yield from device.read(port)
            if self._clock() >= end_ns:
                break

    def _ready(self) -> list[tuple[Device, str]]:
        """Return the ports that have something; write on where a port had to wait."""
        poller, ports, timeout_s = select.poll(), dict[int, tuple[Device, str]](), self._timeout_s
        for device in self._devices:
            for port, link in device.links.items():
                if link.rests:
                    timeout_s = min(timeout_s, REST_NS / 1e9)
                elif (descriptor := link.fileno()) is not None:
                    ports[descriptor] = device, port
                    poller.register(descriptor, select.POLLIN | (select.POLLOUT if link.unsent else 0))
        ready = []
        for descriptor, events in poller.poll(timeout_s * 1000):
            device, port = ports[descriptor]
            if events & select.POLLOUT:
                device.links[port].flush()
            if events & ~select.POLLOUT:
                ready.append((device, port))
        return ready


def poll(
    devices: Sequence[Device], timeout_s: float, clock: Clock, tape: list[Round] | None = None
) -> list[Measurement]:
    """Return the measurements of some devices in one round of their own ports."""
    return list(Rounds({each.name: each for each in devices}).serve(Ports(devices, timeout_s, clock), tape))
