"""`/api/raw/DEVICE`: the newest octets of a device, and the measurements that a driver of its own makes of them.

The tape on the bus is read only while a page asks: a second driver of the device takes the octets, and writes nothing.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hw.driver import Driver
from perception.objects import Measurement
from rsu.bus.sockets import Subscriber
from rsu.bus.tape import Tape

Makers = Mapping[str, Callable[[], Driver]]
_UNHEARD_S = 10.0  # without a question for so long the tape is left
_READS, _MEASUREMENTS = 12, 6  # the newest that are shown
_MOST_OCTETS, _MOST_ROWS = 512, 24  # of each


class RawTap:
    """One device's octets, from the first question on."""

    def __init__(self, run: Path, driver: Driver) -> None:
        self._bus = Subscriber(run, ["tape"])
        self._driver = driver
        self._ports: set[str] = set()
        self.reads: deque[dict[str, Any]] = deque(maxlen=_READS)
        self.measurements: deque[dict[str, Any]] = deque(maxlen=_MEASUREMENTS)

    def drain(self, device: str) -> None:
        """Take all ticks that have come."""
        for _, record in self._bus.records():
            if isinstance(record, Tape):
                self._take(record, device)

    def _take(self, tape: Tape, device: str) -> None:
        for read in (read for one in tape.rounds for read in one.reads if read.device == device):
            self._driver.correction_ns = tape.clock.correction_ns
            if read.port not in self._ports:
                self._ports.add(read.port)
                self._driver.opened(read.port, read.receipt_ns)
            utc_ns = read.receipt_ns + tape.clock.correction_ns
            told = {"ns": utc_ns, "port": read.port, "octets": len(read.data), "hex": read.data[:_MOST_OCTETS].hex()}
            self.reads.append(told)
            self.measurements += map(_plain, self._driver.received(read.port, read.data, read.receipt_ns))

    def close(self) -> None:
        """Leave the bus."""
        self._bus.close()


class RawView:
    """The address: taps by device, each for as long as it is asked for."""

    def __init__(self, run: Path, makers: Makers) -> None:
        self._run, self._makers = run, makers
        self._taps: dict[str, RawTap] = {}
        self._asked: dict[str, float] = {}  # time of the loop
        self._kept: dict[str, asyncio.Task[None]] = {}

    async def show(self, request: Request) -> Response:
        """Answer with octets and measurements, the newest last."""
        device = request.path_params["device"]
        if device not in self._makers:
            return Response(b"null", 404, media_type="application/json")
        self._asked[device] = asyncio.get_running_loop().time()
        if device not in self._taps:
            self._taps[device] = RawTap(self._run, self._makers[device]())
            self._kept[device] = asyncio.create_task(self._keep(device))
        tap = self._taps[device]
        tap.drain(device)
        told = {"reads": list(tap.reads), "measurements": list(tap.measurements)}
        return Response(msgspec.json.encode(told), media_type="application/json")

    async def _keep(self, device: str) -> None:
        """Leave the tape a while after the last question, or with the loop, which cancels its tasks at the end."""
        loop = asyncio.get_running_loop()
        try:
            while (left_s := self._asked[device] + _UNHEARD_S - loop.time()) > 0:
                await asyncio.sleep(left_s)
        finally:
            self._taps.pop(device).close()
            del self._kept[device]


def routes(run: Path, makers: Makers) -> list[Route]:
    """Return the address."""
    return [Route("/api/raw/{device}", RawView(run, makers).show)]


def _plain(measurement: Measurement) -> dict[str, Any]:
    """Return a measurement for people: its figures, and its rows by name."""
    told: dict[str, Any] = {"measurement": type(measurement).__name__}
    for name in measurement.__struct_fields__:
        value = getattr(measurement, name)
        if name != "device" and not (isinstance(value, np.ndarray) and np.isnan(value.astype(float)).all()):
            told[name] = _figure(value)
    return told


def _figure(value: Any) -> Any:
    match value:
        case np.ndarray():
            return [_figure(row) for row in value[:_MOST_ROWS].tolist()]
        case list() | tuple():
            return [_figure(each) for each in value]
        case float():
            return round(value, 3) if math.isfinite(value) else None
        case bytes():
            return value[:_MOST_OCTETS].hex()
    return msgspec.to_builtins(value)
