"""The uplink process: reports from the bus to the spool, from the spool to the platform. One thread owns all state.

A cycle gathers reports for GROUP_S, commits them together with the acknowledgements that came, tells the station, and
sends the records that the window lets pass.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import cast

from rsu.bus.orders import AirState
from rsu.bus.records import Committed, Progress, Report
from rsu.bus.sockets import Publisher, Subscriber
from rsu.site import box
from rsu.site.box import Box
from rsu.site.config import Config
from rsu.site.dialects import DEFAULT
from rsu.site.uplink import UplinkSettings
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


class Uplink:
    """All that the process holds."""

    def __init__(
        self, settings: UplinkSettings, about: Box, run: Path, data: Path, config: Config | None = None
    ) -> None:
        """Join the bus, open the spool, begin to connect."""
        self._reports = Subscriber(run, ["report", "air"])
        self._bus = Publisher(run, "uplink")
        platform, rscu = settings.platform, about.identity.rscu_sn
        name = DEFAULT if platform is None else platform.dialect
        dialect = cast(Dialect, box.make(name, about))
        self._store = Store(data / _spool(settings.spool.path, name), settings.spool, dialect.payload)
        self._sender = None if platform is None else PlatformSender(platform, rscu, settings.spool.max_live, dialect)
        self._commands = None if config is None else CommandService(config, data, self._bus)
        if self._sender is not None and self._commands is not None:
            self._sender.commands = self._commands.port
        self._state = StateReporter(self._store, self._sender)
        self._said: Committed | None = None
        self._said_connected = False
        self._said_s = self._progress_s = self._state_s = 0.0  # monotonic, when each was published last
        self._cycles = 0

    def cycle(self) -> None:
        """Do everything once; takes GROUP_S when little happens."""
        self._gather()
        self._store.commit(*(self._sender.taken() if self._sender else ([], [])))
        self._publish_word()
        if self._sender is not None:
            self._sender.send(self._store)
        if self._commands is not None:
            self._commands.turn(None if self._sender is None else self._sender.link)
        self._cycles += 1
        self._publish_state()

    def _gather(self) -> None:
        end_s = time.monotonic() + GROUP_S
        while not self._store.full and (left_s := end_s - time.monotonic()) > 0:
            if not self._reports.wait(left_s):
                return
            for _, report in self._reports.records():
                if isinstance(report, Report):
                    self._store.accept(report)
                elif isinstance(report, AirState) and self._commands is not None:
                    self._commands.hear(report)
                if self._store.full:
                    break

    def _publish_word(self) -> None:
        word, now_s = self._store.word(), time.monotonic()
        if word is not None and (word != self._said or now_s - self._said_s >= _WORD_S):
            self._said, self._said_s = word, now_s
            self._bus.publish("committed", word)

    def _publish_state(self) -> None:
        now_s = time.monotonic()
        if now_s - self._progress_s >= _PROGRESS_S:
            self._progress_s = now_s
            self._bus.publish("progress.uplink", Progress("uplink", time.time_ns(), self._cycles))
        connected = self._sender is not None and self._sender.connected
        if now_s - self._state_s >= _STATE_S or connected != self._said_connected:
            self._state_s, self._said_connected = now_s, connected
            self._bus.publish("uplink", self._state.now())

    def close(self) -> None:
        """Leave the platform, the spool and the bus."""
        if self._sender is not None:
            self._sender.close()
        if self._commands is not None:
            self._commands.close()
        self._store.close()
        self._reports.close()
        self._bus.close()
