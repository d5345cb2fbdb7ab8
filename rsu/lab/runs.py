"""Runs to be judged: recordings as they are, or replayed with a site file; each as its output on air."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import numpy as np

from hw.detail import Detail
from perception.objects import VehicleReport
from rsu.bus.tape import Outcome, Tape
from rsu.lab import hearing, mot, truth, truth_file
from rsu.lab.air import Air, listen
from rsu.lab.errors import ParameterError
from rsu.lab.hearing import Sensed
from rsu.lab.mot import FilmOf
from rsu.lab.truth import RunTruth
from rsu.lab.truth_file import SteadySpan
from rsu.recording import reader, site_files
from rsu.recording.errors import NotARecordingError
from rsu.replay.player import replay
from rsu.site import config
from rsu.site.config import Config

SIM, V2X = "sim", "v2x"
_MARGIN_NS = 2_000_000_000

_NO_TICK = Detail(
    "{recording}: no tick in it",
    "{recording}：其中没有任何周期",
)
_OVERLAP = Detail(
    "{names} do not follow each other in time: take them one by one",
    "{names} 在时间上不相继：请逐个处理",
)


class RunSource(NamedTuple):
    """The source of a run."""

    recordings: Sequence[Path]  # that follow each other
    site: Path | None = None  # None: the recording's own
    replayed: bool = False  # else its own outputs; with a site file always replayed


@contextmanager
def site_of(source: RunSource) -> Iterator[Config]:
    """Give the site of a run; the files of a recording's own last as long. ConfigError, RecordingError, OSError."""
    if source.site is not None:
        yield config.load(source.site)
        return
    with tempfile.TemporaryDirectory() as folder:
        about, files = reader.start(source.recordings[0])
        yield site_files.load(about, files, Path(folder))


def air_of(source: RunSource, site: Config) -> Air:
    """Return the output on air of a run.

    RecordingError: it cannot be read, or there is nothing in it; ParameterError: several that overlap in time.
    """
    if source.site is not None:
        site_files.strangers(site, source.recordings)  # refuses a site of another place
    name = source.site.name if source.site else source.recordings[0].name
    air = listen(name, site, _ticks(source, site))
    if not len(air.ticks_ns):
        raise NotARecordingError(_NO_TICK.of(recording=source.recordings[0]))
    if len(source.recordings) > 1 and (np.diff(air.ticks_ns) <= 0).any():
        names = ", ".join(path.name for path in source.recordings)
        raise ParameterError(_OVERLAP.of(names=names))
    return air


def version_of(source: RunSource) -> str:
    """Return the version of the software that made a run's outputs."""
    if source.site is not None or source.replayed:
        return version("rsu-edge")
    return reader.start(source.recordings[0]).about.get("version", "unknown")


def _ticks(source: RunSource, site: Config) -> Iterator[tuple[Tape, Outcome]]:
    tapes = reader.ticks(*source.recordings)
    if source.site is None and not source.replayed:
        yield from ((tape, tape.outcome) for tape in tapes)
    else:
        yield from replay(site, tapes)


def truth_of(name: str, recordings: Sequence[Path], site: Config, air: Air, film: FilmOf | None = None) -> RunTruth:
    """Return the truth of recordings: `sim` (beside them), `v2x` (vehicles' own messages in them), or a file's.

    `film`: which film it is of, for truth in pixels (MOTChallenge text).
    TruthError: it cannot be used; OSError: it cannot be read.
    """
    if name == V2X:
        return vehicles(site, hearing.sensed(site, reader.ticks(*recordings)))
    path = truth_file.beside(recordings[0]) if name == SIM else Path(name)
    if film is not None:
        return mot.load(path, mot.film_of(film, site, reader.ticks(*recordings)))
    return truth_file.load(path, site.site.site.reference.reference(), spans(air))


def spans(air: Air) -> list[SteadySpan]:
    """Return the spans of a run between the steps of its clock, with a margin at both ends."""
    stepped = np.flatnonzero(np.diff(air.corrections_ns)) + 1
    bounds = [air.ticks_ns[0] - _MARGIN_NS, *air.ticks_ns[stepped], air.ticks_ns[-1] + _MARGIN_NS]
    corrections = air.corrections_ns[[0, *stepped]]
    return [
        SteadySpan(int(begin), int(end), int(correction))
        for begin, end, correction in zip(bounds[:-1], bounds[1:], corrections, strict=True)
    ]


def vehicles(site: Config, heard: Iterable[Sensed]) -> RunTruth:
    """Return vehicles' reports in the messages received at a site, as truth."""
    reports = (each for each in heard if isinstance(each, VehicleReport))
    return truth.of_vehicles(reports, site.site.site.reference.reference())
