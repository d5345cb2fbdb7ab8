"""The uplink process: reports from the bus to the spool, from the spool to the platform. One thread owns all state.

A cycle gathers reports for GROUP_S, commits them together with the acknowledgements that came, tells the station, and
sends the records that the window lets pass. A second platform has a spool of its own, so that records which wait for
one take no room from the other's; a report is held when both spools have it.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import cast

import msgspec

from rsu.bus.orders import AirState
from rsu.bus.records import Committed, Processes, Progress, Report
from rsu.bus.sockets import Publisher, Subscriber
from rsu.downlink.plan import PlatformAddress
from rsu.site import box
from rsu.site.box import Box
from rsu.site.config import Config
from rsu.site.dialects import DEFAULT
from rsu.site.uplink import PlatformSettings, SpoolSettings, UplinkSettings
from rsu.uplink.command_service import CommandService
from rsu.uplink.dialect import Dialect
from rsu.uplink.sender import PlatformSender
from rsu.uplink.state import StateReporter
from rsu.uplink.store import Store

GROUP_S = 0.05
_WORD_S, _PROGRESS_S, _STATE_S = 0.1, 0.5, 1.0


def run(config: Config, run: Path, data: Path, stop: threading.Event) -> None:
    """Serve a site's platform until `stop`."""
    serve(config.site.uplink, box.box(config), run, data, stop, config)


def serve(
    settings: UplinkSettings, about: Box, run: Path, data: Path, stop: threading.Event, config: Config | None = None
) -> None:
    """Serve a box's platform until `stop`. `config`: the site, for commands; without it none are taken."""
    uplink = Uplink(settings, about, run, data, config)
    try:
        while not stop.is_set():
            uplink.cycle()
    finally:
        uplink.close()


def _spool(path: Path, dialect: str) -> Path:
    """Return the place of a dialect's spool: a record of one platform is never sent to another in its dialect."""
    return path if dialect == DEFAULT else path.with_stem(f"{path.stem}-{dialect}")


class _Way:
    """The way to one platform: its spool, and its sender where there is a platform."""

    def __init__(
        self,
        platform: PlatformSettings | None,
        spool: SpoolSettings,
        path: Path,
        about: Box,
        rscu: str,
        commands: CommandService | None = None,
    ) -> None:
        """Open the spool. `rscu`: name of the client, of which a broker has one; `commands`: that come this way."""
        name = DEFAULT if platform is None else platform.dialect
        dialect = cast(Dialect, box.make(name, about))
        self.store = Store(_spool(path, name), spool, dialect.payload)
        self._platform, self._rscu, self._live, self._dialect = platform, rscu, spool.max_live, dialect
        self._commands = commands
        self._address: PlatformAddress | None = None  # that the platform has ordered
        self._connect()

    def _connect(self) -> None:
        """Have a sender to the platform where it is now."""
        platform, there = self._platform, self._address
        if platform is not None and there is not None:
            platform = platform.model_copy(update={"host": there.host, "port": there.port})
        self.sender: PlatformSender | None = None
        if platform is not None:
            self.sender = PlatformSender(platform, self._rscu, self._live, self._dialect)
            self.sender.commands = None if self._commands is None else self._commands.port
        self.state = StateReporter(self.store, self.sender)
        self._held = self.store.counters.get("acknowledged", 0)

    def serve(self, commands: CommandService) -> None:
        """Serve the commands that come this way; go where they say, and tell when a record is acknowledged there."""
        commands.turn(None if self.sender is None else self.sender.link)
        if (there := commands.address()) != self._address:
            self._address = there
            if self.sender is not None:
                self.sender.close()
            self._connect()
        elif self.store.counters.get("acknowledged", 0) > self._held:
            commands.reached()

    @property
    def connected(self) -> bool:
        """Tell whether records can be sent now."""
        return self.sender is not None and self.sender.connected

    def commit(self) -> None:
        """Commit reports and answers."""
        self.store.commit(*(self.sender.taken() if self.sender else ([], [])))

    def send(self) -> None:
        """Send the records that may be sent now."""
        if self.sender is not None:
            self.sender.send(self.store)

    def close(self) -> None:
        """Leave the platform, then the spool."""
        if self.sender is not None:
            self.sender.close()
        self.store.close()


class Uplink:
    """All that the process holds."""

    def __init__(
        self, settings: UplinkSettings, about: Box, run: Path, data: Path, config: Config | None = None
    ) -> None:
        """Join the bus, open the spools, begin to connect. Commands come from the first platform alone."""
        self._reports = Subscriber(run, ["report", "air", "processes"])
        self._bus = Publisher(run, "uplink")
        path, rscu = data / settings.spool.path, about.identity.rscu_sn
        self._commands = None if config is None else CommandService(config, run, data, self._bus)
        self._ways = [_Way(settings.platform, settings.spool, path, about, rscu, self._commands)]
        if settings.second is not None:
            second = path.with_stem(f"{path.stem}-second")
            self._ways.append(_Way(settings.second, settings.spool, second, about, f"{rscu}-second"))
        self._said: Committed | None = None
        self._said_connected: list[bool] = []
        self._said_s = self._progress_s = self._state_s = 0.0  # monotonic, when each was published last
        self._cycles = 0

    def cycle(self) -> None:
        """Do everything once; takes GROUP_S when little happens."""
        self._gather()
        for way in self._ways:
            way.commit()
        self._publish_word()
        for way in self._ways:
            way.send()
        if self._commands is not None:
            self._ways[0].serve(self._commands)
        self._cycles += 1
        self._publish_state()

    @property
    def _full(self) -> bool:
        return any(way.store.full for way in self._ways)

    def _gather(self) -> None:
        end_s = time.monotonic() + GROUP_S
        while not self._full and (left_s := end_s - time.monotonic()) > 0:
            if not self._reports.wait(left_s):
                return
            for _, report in self._reports.records():
                if isinstance(report, Report):
                    for way in self._ways:
                        way.store.accept(report)
                elif isinstance(report, AirState | Processes) and self._commands is not None:
                    self._commands.hear(report)
                if self._full:
                    break

    def _word(self) -> Committed | None:
        """Return the least of the spools' words; None: one has none, or they are about different starts."""
        words = [way.store.word() for way in self._ways]
        known = [word for word in words if word is not None]
        if len(known) < len(words) or len({word.boot for word in known}) > 1:
            return None
        return min(known, key=lambda word: word.seq)

    def _publish_word(self) -> None:
        word, now_s = self._word(), time.monotonic()
        if word is not None and (word != self._said or now_s - self._said_s >= _WORD_S):
            self._said, self._said_s = word, now_s
            self._bus.publish("committed", word)

    def _publish_state(self) -> None:
        now_s = time.monotonic()
        if now_s - self._progress_s >= _PROGRESS_S:
            self._progress_s = now_s
            self._bus.publish("progress.uplink", Progress("uplink", time.time_ns(), self._cycles))
        connected = [way.connected for way in self._ways]
        if now_s - self._state_s >= _STATE_S or connected != self._said_connected:
            self._state_s, self._said_connected = now_s, connected
            first, *others = (way.state.now() for way in self._ways)
            self._bus.publish("uplink", msgspec.structs.replace(first, second=others[0] if others else None))

    def close(self) -> None:
        """Leave the platforms, the spools and the bus."""
        for way in self._ways:
            way.close()
        if self._commands is not None:
            self._commands.close()
        self._reports.close()
        self._bus.close()
