"""The recorder process: the station's tape and the bus into files. A service: when it stops, nothing on air is missing.

It never asks the station for anything: ticks fetched too late are lost on the bus, and the recording names the gap.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path

import msgspec
import structlog

from rsu.bus.records import Misbehaviour, Progress, RecorderState
from rsu.bus.reel import TickInlet
from rsu.bus.snapshot import Snapshot
from rsu.bus.sockets import Publisher, Subscriber
from rsu.bus.tape import WHOLE, Tape
from rsu.bus.topics import TOPICS
from rsu.reasons.uplink import DISK_SMALL
from rsu.recorder.beginning import begun, recovered, scenery
from rsu.recorder.control import RecorderAnswer, RecorderDesk, RecorderOrder
from rsu.recorder.due import Due
from rsu.recorder.journal import Journal
from rsu.recorder.marks import Marks
from rsu.recorder.shelf import KeepMark, Shelf, view
from rsu.recorder.shown import Shown
from rsu.recording.recover import unfinished
from rsu.recording.schemas import BUS
from rsu.recording.tick import Entry
from rsu.recording.worded import teller, worded
from rsu.recording.writer import RecordingWriter
from rsu.site.config import Config

_LOOK_S = 0.1
_SYNC_S = 0.5  # longest loss at a power cut, and the disk's time to write
_WORD_S, _STATE_S, _TIDY_S, _RETRY_S = 0.1, 1.0, 10.0, 5.0
_SHOWN_FILES = 6  # on the page
_MIB = 1 << 20
_log = structlog.get_logger()
_encode = msgspec.json.Encoder().encode


def run(config: Config, run: Path, data: Path, stop: threading.Event) -> None:
    """Record until `stop`."""
    recorder = Recorder(config, run, data)
    try:
        while not stop.is_set():
            recorder.cycle()
    finally:
        recorder.close()


class Recorder:
    """All that the process holds."""

    def __init__(self, config: Config, run: Path, data: Path) -> None:
        """Join the bus; find the files that the last run left."""
        self._settings = config.site.recording
        self._config = config
        self._teller = teller(config)
        self._folder = data / self._settings.path
        self._shelf = Shelf(self._folder, self._settings)
        self._bus = Publisher(run, "recorder")
        self._inlet = Subscriber(run, [topic for topic, row in TOPICS.items() if row.recorded])
        self._desk = RecorderDesk(run)
        self._journal = Journal(data)
        self._marks = Marks(self._shelf, self._settings)
        self._wanted = self._shelf.wanted()
        self._writer: RecordingWriter | None = None
        self._shown = Shown()
        self._ticks = TickInlet()
        self._recovery = threading.Thread(target=self._recover, args=(unfinished(self._folder),), daemon=True)
        self._recovery.start()
        self._seed = b""
        self._begun_ns = self._now_ns = 0  # of the file; of the newest tick; steady
        self._correction_ns = 0  # from steady time to UTC
        self._plausible = False  # the system clock
        self._cycles = 0
        self._error: str | None = None
        self._due = Due()

    def _recover(self, left: list[Path]) -> None:
        """Make whole the files that the last run left; go on after its last tick, which the station still has."""
        if (last := recovered(left)) is not None:
            self._ticks = TickInlet(*last)

    def cycle(self) -> None:
        """Take in the records that come within a moment, and do the jobs that are due."""
        self._inlet.wait(_LOOK_S)
        try:
            for topic, record in self._inlet.records():
                self._take(topic, record)
            if self._writer is not None and self._due.is_due("sync", _SYNC_S):
                self._writer.sync()
                self._writer.check()
                self._ticks.commit()
            if self._due.is_due("tidy", _TIDY_S):
                self._tidy()
        except OSError as error:
            self._fail(error)
        if (order := self._desk.order()) is not None:
            self._desk.answer(self._obey(order))
        self._cycles += 1
        self._say()
        if self._due.is_due("state", _STATE_S / 2):
            self._bus.publish("progress.recorder", Progress("recorder", time.time_ns(), self._cycles))
            self._bus.publish("recorder", self.state())

    def _say(self) -> None:
        """Tell the station which ticks are held: those in a file that is synced; where there is none, all."""
        if self._writer is None:
            self._ticks.commit()
        word = self._ticks.word()
        if word is not None and self._due.is_due("word", _WORD_S):
            self._bus.publish("recorded", word)

    def state(self) -> RecorderState:
        """Return its state, for other processes."""
        paused, items = "paused" if self._error else "waiting", self._shelf.items()
        return RecorderState(
            stamp_ns=time.time_ns(),
            state="stopped" if not self._wanted else "recording" if self._writer else paused,
            file=self._writer.path.name if self._writer else None,
            bytes=self._writer.size if self._writer else 0,
            files=len(items),
            lost_ticks=self._ticks.lost,
            error=self._error,
            total_bytes=sum(item.size for item in items),
            room_bytes=self._room(),
            newest=[view(item) for item in reversed(items[-_SHOWN_FILES:])],
        )

    def _room(self) -> int:
        try:
            return max(0, -self._shelf.shortage())
        except OSError:  # the folder is gone; the next file makes it again, or says why not
            return 0

    def _take(self, topic: str, record: msgspec.Struct) -> None:
        if isinstance(record, Tape):
            self._tape(record)
            return
        if isinstance(record, Misbehaviour):
            self._journal.add(record)
        if isinstance(record, Snapshot):
            self._plausible = record.clock is not None and record.clock.plausible
        if self._writer is None:
            return
        if isinstance(record, Snapshot):
            self._show(self._writer, record)
        else:
            self._put(self._writer, Entry(BUS + topic, time.time_ns(), _encode(record)))

    def _tape(self, tape: Tape) -> None:
        """Write a tick; begin a new file with a new start of the station, and where this one is full."""
        if tape.site not in ("", str(self._config.path)) or self._recovery.is_alive() or not self._ticks.take(tape):
            return  # the station gives it again: of another site, to the recorder that is started for it
        before, self._seed, self._now_ns = self._seed, tape.seed, tape.outcome.now_ns
        self._correction_ns = tape.clock.correction_ns
        if self._writer is not None and (before != tape.seed or (tape.seq % WHOLE == 0 and self._full())):
            self._finish()
        if self._writer is None and self._wanted and self._due.is_due("open", _RETRY_S):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._open(tape)
        if self._writer is not None:
            self._writer.add(msgspec.structs.replace(tape, outcome=worded(tape.outcome, self._teller)))

    @property
    def _utc_ns(self) -> int:
        """Return when the newest tick was, or now before the first one."""
        return self._now_ns + self._correction_ns if self._now_ns else time.time_ns()

    def _full(self) -> bool:
        assert self._writer is not None
        long = self._now_ns - self._begun_ns >= self._settings.file_minutes * 60e9
        return long or self._writer.size > self._settings.file_mib * _MIB

    def _open(self, tape: Tape) -> None:
        """Begin a file, if the disk allows."""
        self._tidy()
        if self._error:
            return
        self._writer = begun(self._folder, self._config, tape)
        self._begun_ns = tape.outcome.now_ns
        self._due.now("open")
        for entry in scenery(self._config, tape.utc_ns):
            self._put(self._writer, entry)
        self._marks.carry(self._writer.path.name, self._begun_ns)

    def _put(self, writer: RecordingWriter, entry: Entry) -> None:
        """Write records that are not of the tape: stamped in UTC, they are put at the tape's time."""
        writer.put(entry._replace(log_ns=entry.log_ns - self._correction_ns))

    def _show(self, writer: RecordingWriter, snapshot: Snapshot) -> None:
        """Write records for viewers, and keep recordings with an event."""
        for entry in self._shown.entries(snapshot):
            self._put(writer, entry)
        for mark in self._shown.marks(snapshot):
            self._marks.keep(self._now_ns, mark)

    def _obey(self, order: RecorderOrder) -> RecorderAnswer:
        files: list[str] = []
        try:
            if order.verb == "keep":
                files = self._marks.keep(self._now_ns, KeepMark("kept", self._utc_ns, order.why))
            else:
                self._wanted = order.verb == "start"
                self._shelf.want(order.verb)
                if not self._wanted:
                    self._finish()
        except OSError as error:
            self._fail(error)
        return RecorderAnswer(self.state().state, files)

    def _tidy(self) -> None:
        """Make room; stop writing while there is none."""
        if not self._folder.exists():
            return  # nothing was recorded yet, or all was deleted
        for path in self._shelf.tidy(time.time_ns() if self._plausible else None):
            _log.info("recording given up", file=path.name)
        shortage = self._shelf.shortage()
        self._error = DISK_SMALL.say(f"{shortage / _MIB:.0f}") if shortage > 0 else None
        if self._error:
            self._finish()

    def _finish(self) -> None:
        if self._writer is not None:
            writer, self._writer = self._writer, None
            writer.close()
            self._marks.finished(writer.path.name)

    def _fail(self, error: OSError) -> None:
        """Leave the file as it is; it is recovered at the next start."""
        _log.error("recording failed", why=str(error))
        self._error = str(error)
        if self._writer is not None:
            self._writer.abandon()
            self._writer = None

    def close(self) -> None:
        """Seal the file, leave the bus."""
        try:
            self._finish()
        except OSError as error:
            self._fail(error)
        self._inlet.close()
        self._desk.close()
        self._bus.close()
