"""A store and a sender without their process: the test is the station, and turns the crank."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rsu.bus.records import Report, UplinkState
from rsu.bus.told import Told
from rsu.site.box import Box
from rsu.site.dialects import DEFAULT
from rsu.site.uplink import PlatformSettings, SpoolSettings
from rsu.uplink.dialect import Dialect
from rsu.uplink.sender import PlatformSender
from rsu.uplink.state import StateReporter
from rsu.uplink.store import Store
from rsu.uplink.tits0180.dialect import Tits0180
from tests.rsu.uplink import said
from tests.rsu.uplink.said import RSCU

__all__ = ["RSCU", "Rig"]


class Rig:
    """The uplink of one box, on one thread."""

    def __init__(
        self,
        folder: Path,
        port: int,
        host: str = "127.0.0.1",
        dialect: Callable[[Box], Dialect] = Tits0180,
        name: str = DEFAULT,
        **more: Any,
    ) -> None:
        settings = {"keepalive_s": 1, "ack_timeout_s": 0.3, "reconnect_max_s": 1, **more}
        spool, spoken = SpoolSettings(max_live=60), dialect(said.box())
        self.store = Store(folder / "uplink.sqlite", spool, spoken.payload)
        platform = PlatformSettings(host=host, port=port, dialect=name, **settings)
        self.sender = PlatformSender(platform, RSCU, spool.max_live, spoken)
        self.state = StateReporter(self.store, self.sender)
        self._last = 0

    def add(self, kind: str = "event", live: bool = False, told: Told | None = None) -> int:
        """Spool one record; return its number."""
        self._last += 1
        self.store.accept(Report(kind, time.time_ns(), "b", self._last, told or said.told(kind), live))
        self.store.commit([])
        return self._last

    def turn(self) -> None:
        self.store.commit(*self.sender.taken())
        self.sender.send(self.store)
        time.sleep(0.005)

    def until(self, condition: Callable[[], bool], what: str, seconds: float = 10.0) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"not within {seconds} s: {what}; {self.now().troubles}"
            self.turn()

    def turn_for(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.turn()

    def until_trouble(self, text: str, seconds: float = 10.0) -> str:
        """Wait for a trouble that has this text in it; return it whole."""
        self.until(lambda: any(text in each for each in self.now().troubles), text, seconds)
        return next(each for each in self.now().troubles if text in each)

    def now(self) -> UplinkState:
        return self.state.now()

    def close(self) -> None:
        self.sender.close()
        self.store.close()
