"""The heart: the devices of a site and its station, served in rounds and ticked. The one loop of daemon and replay.

Neither reads a clock nor a port: a `Feed` brings both, from the ports now or from a recording. The same
feed gives the same output.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from hw.device import Device
from hw.rounds import Feed, Rounds
from hw.tape import AS_BEGUN, Round, SystemClock
from perception.objects import Measurement
from rsu.site.config import Config
from rsu.station.broadcast import Outgoing
from rsu.station.gate import KINDS
from rsu.station.station import Output, Station


class Heart:
    """Devices by name, and the station that they serve. `sent` hears of every frame that was given to the radios."""

    def __init__(
        self,
        config: Config,
        seed: bytes,
        devices: Mapping[str, Device],
        sent: Callable[[Outgoing], object] | None = None,
        before: Heart | None = None,
    ) -> None:
        """`before`: the heart whose place it takes (`take_over`)."""
        self.devices = devices
        self._rounds = Rounds(devices)
        self.station: Station = Station(config, seed, None if before is None else before.station)
        self._radios = {
            kind: [devices[radio.device] for radio in config.site.radio if kind in radio.messages] for kind in KINDS
        }
        self._sent = sent

    def take_over(self, before: Heart) -> None:
        """Go on, between two ticks, in the place of another one: its devices that this one has not are closed."""
        for name, device in before.devices.items():
            if self.devices.get(name) is not device:
                device.close()
        self.station.take_over(before.station)

    def serve(self, feed: Feed, tape: list[Round] | None = None) -> list[Measurement]:
        """Serve all devices once; return their measurements, which the station has. `tape`: as in `hw.rounds`."""
        found = list(self.measurements(feed, tape))
        for measurement in found:
            self.station.ingest(measurement)
        return found

    def measurements(self, feed: Feed, tape: list[Round] | None = None) -> Iterator[Measurement]:
        """Serve all devices once, without the station."""
        return self._rounds.serve(feed, tape)

    def tick(self, now_ns: int, clock: SystemClock = AS_BEGUN) -> Output:
        """Tick the station, steady time, and send the messages that are due."""
        health = [device.health(now_ns) for device in self.devices.values()]
        return self.station.advance(now_ns, health, self._send, clock)

    def _send(self, frame: Outgoing) -> None:
        for radio in self._radios[frame.kind]:
            radio.transmit(frame)
        if self._sent is not None:
            self._sent(frame)
