"""One replay from beginning to end: recordings in their order, a site, a speed; the digest and the differences."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import msgspec

from hw.detail import Detail
from rsu.bus.tape import Tape
from rsu.core.errors import ConfigError
from rsu.recording import reader, site_files, words
from rsu.recording.errors import DamagedError, NotARecordingError, RecordingError
from rsu.recording.verify import ChangedError, Continuity, Problem, integrity
from rsu.recording.writer import RecordingWriter
from rsu.replay.differences import OutputDifference, differences
from rsu.replay.player import Digest, replay
from rsu.site import config, content
from rsu.site.config import Config

_SHOWN = 20  # differences that are kept; all are counted

_NO_TICK = Detail(
    "{path}: no tick in it",
    "{path}：其中没有任何周期",
)


class Job(NamedTuple):
    """The recordings to replay, the site and the speed."""

    recordings: list[Path]  # of one start of the station, in their order
    site: Path | None = None  # None: the recording's own
    speed: float | None = None  # times real time; None: as fast as it goes
    out: Path | None = None  # write the output as a recording of its own


class RerunResult(NamedTuple):
    """The result of a replay."""

    recordings: list[Path]
    ticks: int
    seconds: float  # of the recording
    took_s: float
    recorded: str  # SHA-256 over the recording's own outputs
    replayed: str  # and over those of this run
    problems: list[Problem]  # why outputs cannot be the same
    different: int  # outputs that differ
    first: list[OutputDifference]
    profile: str  # of the messages


def chains(recordings: list[Path]) -> list[list[Path]]:
    """Put recordings that follow each other in one start of the station together. RecordingError: one is none."""
    found: list[list[Path]] = []
    newest: dict[bytes, list[Path]] = {}  # seed -> its chain
    for path in recordings:
        with placed(path):
            reader.start(path)
            first = next(reader.ticks(path), None)
        if first is None:
            raise NotARecordingError(_NO_TICK.of(path=path))
        if first.seq == 0 or first.seed not in newest:
            newest[first.seed] = []
            found.append(newest[first.seed])
        newest[first.seed].append(path)
    return found


@contextmanager
def placed(path: Path) -> Iterator[None]:
    """Say of a recording that cannot be begun with where it was changed, if it was. ChangedError."""
    try:
        yield
    except (RecordingError, ConfigError) as error:
        if problems := integrity(path):
            raise ChangedError(path, problems) from error
        raise


def rerun(job: Job) -> RerunResult:
    """Replay, as far as the recording can be read. ConfigError: the site is not valid; RecordingError: it is none."""
    with tempfile.TemporaryDirectory() as folder:
        if job.site is None:
            with placed(job.recordings[0]):
                site = site_files.load(*reader.start(job.recordings[0]), Path(folder))
        else:
            site = config.load(job.site)
        problems = [problem for path in job.recordings for problem in integrity(path)]
        if job.site is not None and (left := site_files.strangers(site, job.recordings)):
            problems.append(Problem("unused", site.path.name, words.NO_DEVICES.say(", ".join(left))))
        return _run(job, site, problems)


def _run(job: Job, site: Config, problems: list[Problem]) -> RerunResult:
    recorded, replayed = Digest(), Digest()
    found: list[OutputDifference] = []
    different = ticks = begin_ns = now_ns = 0
    writer: RecordingWriter | None = None
    order = Continuity()
    began_s = time.monotonic()
    for tape, outcome in replay(site, _paced(_readable(job.recordings, problems), job.speed)):
        begin_ns, now_ns, ticks = begin_ns or tape.outcome.now_ns, tape.outcome.now_ns, ticks + 1
        problems += order.check(tape)
        recorded.add(tape.outcome)
        replayed.add(outcome)
        if outcome != tape.outcome:
            news = list(differences(tape.outcome, outcome))
            different += len(news)
            found += news[: _SHOWN - len(found)]
        if job.out is not None:
            writer = writer or _writer(job.out, job.recordings[0], site, now_ns)
            writer.add(msgspec.structs.replace(tape, outcome=outcome))
    took_s = time.monotonic() - began_s
    if writer is not None:
        writer.close()
    return RerunResult(
        recordings=job.recordings,
        ticks=ticks,
        seconds=(now_ns - begin_ns) / 1e9,
        took_s=took_s,
        recorded=recorded.hex(),
        replayed=replayed.hex(),
        problems=problems,
        different=different,
        first=found,
        profile=site.site.messages.profile,
    )


def _readable(recordings: list[Path], problems: list[Problem]) -> Iterator[Tape]:
    """Yield the ticks up to where the recordings cannot be read on; that becomes a problem."""
    try:
        yield from reader.ticks(*recordings)
    except DamagedError as error:
        problems.append(Problem("unreadable", str(error), words.NO_FURTHER.en))


def _writer(path: Path, source: Path, site: Config, now_ns: int) -> RecordingWriter:
    about = reader.start(source).about | {"site": site.path.name, "replay_of": source.name}
    about["version"] = version("rsu-edge")  # that made the outputs
    return RecordingWriter(path, about, content.collect(site), now_ns)


def _paced(tapes: Iterator[Tape], speed: float | None) -> Iterator[Tape]:
    """Yield ticks when they are due."""
    began_s, begin_ns = time.monotonic(), 0
    for tape in tapes:
        begin_ns = begin_ns or tape.outcome.now_ns
        if speed is not None:
            due_s = began_s + (tape.outcome.now_ns - begin_ns) / 1e9 / speed
            time.sleep(max(0.0, due_s - time.monotonic()))
        yield tape
