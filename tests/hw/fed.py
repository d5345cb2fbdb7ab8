"""A device without a port: bytes are handed to it, and its links are up as long as they are fed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hw.device import Device, DeviceHealth
from hw.endpoint import Port
from hw.link import PortLink
from hw.registry import driver_class
from hw.tape import Read
from perception.objects import Measurement

MS, NS = 1_000_000, 1_000_000_000
BEGIN_NS = 1_795_392_000 * NS
TICK_NS = NS // 10


class FedLink(PortLink):
    """A link that was opened, and is alive once bytes came."""

    def __init__(self, place: Port) -> None:
        super().__init__(place.endpoint, Path(), lambda: 0, silence_ms=place.silence_ms)
        self.up = True
        self.sent: list[bytes] = []

    @property
    def alive(self) -> bool:
        """Whether it is."""
        return self.silence_ns is None or self.last_receipt_ns > 0

    def tick(self, now_ns: int) -> bool:
        """Return that nothing changed."""
        return False

    def write(self, data: bytes) -> None:
        """Keep it."""
        self.sent.append(data)


class Fed:
    """One device of a kind."""

    def __init__(self, kind: str, settings: dict[str, Any]) -> None:
        make = driver_class(kind)
        checked = make.Settings.model_validate(settings, context={"device": "device"})
        self.now_ns = BEGIN_NS
        self._links = {port: FedLink(place) for port, place in checked.ports().items()}
        self.device = Device("device", kind, lambda: make("device", checked), dict(self._links))
        self.device.tick(self.now_ns)

    def hear(self, data: bytes, port: str = "link", after_ns: int = TICK_NS) -> list[Measurement]:
        """Hand bytes over, some time after those before."""
        self.now_ns += after_ns
        self._links[port].last_receipt_ns = self.now_ns
        self.device.tick(self.now_ns)
        return self.device.take(Read("device", port, self.now_ns, data))

    def sent(self, port: str = "link") -> list[bytes]:
        """Return the octets that the driver has written since the last call."""
        found, self._links[port].sent = self._links[port].sent, []
        return found

    def health(self) -> DeviceHealth:
        """Return how the device is now."""
        return self.device.health(self.now_ns)


TCP = {"link": {"tcp": "127.0.0.1:1"}}
SERIAL = {"link": {"serial": {"path": "line", "baud": 115200}}}
UDP = {"link": {"udp": {"listen": "127.0.0.1:1", "peer": "127.0.0.1:2"}}}
PROFILE = Path(__file__).parents[2] / "configs" / "ti-traffic-68xx.cfg"
RADAR = {
    "cli": {"serial": {"path": "cli"}},
    "data": {"serial": {"path": "data", "baud": 921600}},
    "profile": PROFILE,
}
