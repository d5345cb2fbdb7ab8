"""The conflict latch over restarts: a file in the data folder, written by a thread that may wait for the disk.

It holds for the configuration of the signal that it was closed under: another one opens it.
"""

from __future__ import annotations

import hashlib
import queue
import threading
from pathlib import Path
from typing import Literal

import msgspec
import structlog

from hw.decoding import UNDECODABLE
from rsu.bus import desk
from rsu.bus.latch import Held
from rsu.core import durable
from rsu.site.config import Config

FILE = "signal-latch.json"  # in the data folder
SOCKET = "signal-orders.ipc"  # in the run folder
_log = structlog.get_logger()


class Kept(msgspec.Struct, frozen=True):
    """The file."""

    held: Held
    configuration: str  # SHA-256


class LatchOrder(msgspec.Struct, frozen=True):
    """An order to the latch."""

    verb: Literal["release"]


class LatchAnswer(msgspec.Struct, frozen=True):
    """The result of reading or writing the file."""

    words: str
    released: Held | None = None  # None: it was open


class LatchDesk(desk.Desk[LatchOrder, LatchAnswer]):
    """The station's side."""

    def __init__(self, run: Path) -> None:
        super().__init__(run / SOCKET, LatchOrder, LatchAnswer("not understood"))


def release(run: Path) -> LatchAnswer:
    """Order a running daemon to open the latch. NotReachableError: none answers in the run folder."""
    return desk.ask(run / SOCKET, LatchOrder("release"), LatchAnswer, "station")


def configuration(config: Config) -> str:
    """Return the digest of the settings that decide which greens conflict and which lamps show them."""
    signal = config.site.signal
    parts = [config.lane_map, *([] if signal is None else [signal])]
    data = [part.model_dump(mode="json", exclude_defaults=True) for part in parts]  # a later version has more of them
    return hashlib.sha256(msgspec.json.encode(data)).hexdigest()


class LatchFile:
    """The latch's file under one configuration."""

    def __init__(self, data: Path, config: Config) -> None:
        self._path = data / FILE
        self._configuration = configuration(config)
        self._wishes: queue.SimpleQueue[Held | None] = queue.SimpleQueue()
        self._error: str | None = None
        threading.Thread(target=self._write, name="latch", daemon=True).start()

    def configure(self, config: Config) -> None:
        """Hold for another configuration from now on."""
        self._configuration = configuration(config)

    def load(self) -> Held | None:
        """Return how the latch was left. A file that cannot be read, which we cannot have written, holds."""
        try:
            kept = msgspec.json.decode(self._path.read_bytes(), type=Kept)
        except FileNotFoundError:
            return None
        except (OSError, *UNDECODABLE) as error:
            _log.error("signal latch cannot be read: taken for closed", path=str(self._path), why=str(error))
            return Held((0, 0), 0)
        if kept.configuration != self._configuration:
            _log.warning("signal latch released: the configuration is another one", phases=kept.held.phases)
            self.keep(None)
            return None
        _log.error("signal latch is closed since before this start: rsu signal release", phases=kept.held.phases)
        return kept.held

    def keep(self, held: Held | None) -> None:
        """Have the file say so; returns at once."""
        self._wishes.put(held)

    def _write(self) -> None:
        while True:
            held = self._wishes.get()
            try:
                if held is None:
                    self._path.unlink(missing_ok=True)
                    durable.sync(self._path.parent)
                else:
                    durable.replace(self._path, msgspec.json.encode(Kept(held, self._configuration)))
            except OSError as error:
                _log.error("signal latch not kept over a restart", path=str(self._path), why=error.strerror)
