"""Two runs held against each other: the changes on air, when and where, and whether they are better."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from hw.detail import Detail
from perception.objects import RoadUser
from perception.traffic.lanes import LaneLine
from rsu.lab import judging, runs, workers
from rsu.lab.agreement import agreement
from rsu.lab.air import Air
from rsu.lab.compare import measure
from rsu.lab.compare.lives import Counterparts, Lives, counterparts, lives
from rsu.lab.compare.measure import Figures, IndicatorRow
from rsu.lab.compare.notes import EventNote, MessageNote, events_of, messages_of
from rsu.lab.hearing import sensed
from rsu.lab.judging import Judging
from rsu.lab.places import Places
from rsu.lab.runs import RunSource
from rsu.recording import reader
from rsu.site.config import Config
from rsu.site.lanemap import exit_lines


class Task(NamedTuple):
    """One run to make."""

    source: RunSource
    truth: str | None  # as `rsu score --truth`
    region_m: float


class ComparedRun(NamedTuple):
    """One run with all that is told of it."""

    air: Air
    lives: Lives
    places: list[str]  # of the lives, where each was longest
    figures: Figures
    truth: Judging | None
    v2x: Judging | None
    settings: dict[str, str]  # of the site file, flat; and the version
    lanes: list[LaneLine]
    event_names: dict[int, Detail]  # by code


class LifeNote(NamedTuple):
    """One road user that only one run has."""

    id: int
    kind: str
    begin_ns: int
    seconds: float
    place: str
    east_m: float  # m, where it was first
    north_m: float


class Comparison(NamedTuple):
    """All of it."""

    a: ComparedRun
    b: ComparedRun
    rows: list[IndicatorRow]
    changes: list[tuple[str, str, str]]  # key of the site file, A's value, B's
    common: Counterparts
    only_a: list[LifeNote]
    only_b: list[LifeNote]
    events: list[EventNote]
    messages: list[MessageNote]

    @property
    def same(self) -> bool:
        """Return whether not one byte on air differs."""
        return not any(note.differ or note.a_frames != note.b_frames for note in self.messages) and not any(
            note.a_ns != note.b_ns for note in self.events
        )


def make(task: Task) -> ComparedRun:
    """Make a run. ConfigError, RecordingError, TruthError, OSError."""
    source = task.source
    with runs.site_of(source) as site:
        air = runs.air_of(source, site)
        places = Places(site)
        heard = list(sensed(site, reader.ticks(*source.recordings)))
        v2x = runs.vehicles(site, heard)
        truth = None
        if task.truth is not None:
            known = v2x if task.truth == runs.V2X else runs.truth_of(task.truth, source.recordings, site, air)
            truth = judging.judge(air, known, places, task.region_m)
        judged = judging.judge(air, v2x, places, task.region_m) if v2x.lives else None
        agreed = agreement(air, site, heard)
        settings = _flat(site) | {"software version": runs.version_of(source)}
        exits, names = exit_lines(site.lane_map), _event_names(site)
    own = lives(air)
    return ComparedRun(
        air=air,
        lives=own,
        places=_longest(own, places.zones(air.users["position"], air.users["heading"])),
        figures=measure.measure(air, own, agreed, truth, judged),
        truth=truth,
        v2x=judged,
        settings=settings,
        lanes=[*places.lanes.lines, *exits],
        event_names=names,
    )


def compare(a: Task, b: Task) -> Comparison:
    """Make both runs side by side and compare them. Errors as `make`."""
    with workers.pool(2) as pool:
        one, other = pool.map(make, (a, b))
    return contrast(one, other)


def contrast(a: ComparedRun, b: ComparedRun) -> Comparison:
    """Compare two runs."""
    common = counterparts(a.air, b.air, a.lives, b.lives)
    return Comparison(
        a=a,
        b=b,
        rows=measure.table(a.figures, b.figures),
        changes=[
            (key, a.settings.get(key, "-"), b.settings.get(key, "-"))
            for key in [*a.settings, *(key for key in b.settings if key not in a.settings)]
            if a.settings.get(key) != b.settings.get(key)
        ],
        common=common,
        only_a=_notes(a, common.only_a.tolist()),
        only_b=_notes(b, common.only_b.tolist()),
        events=list(events_of(a.air.events, b.air.events, b.event_names | a.event_names)),
        messages=list(messages_of(a.air, b.air)),
    )


def _flat(site: Config) -> dict[str, str]:
    """Return every setting of the site file by its key; sensors go by their device."""
    data = site.site.model_dump(mode="json")
    data["sensors"] = {sensor["device"]: sensor for sensor in data["sensors"]}
    return dict(_leaves("", data))


def _event_names(site: Config) -> dict[int, Detail]:
    """Return the name of the rule of each event code at a site."""
    rules = site.site.events.rules()
    return {rule.code: Detail(name.replace("_", " "), rule.row.name_zh) for name, rule in rules.items()}


def _leaves(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(f"{path}.{key}".lstrip("."), inner)
    else:
        yield path, str(value)


def _longest(lives: Lives, zones: Sequence[str]) -> list[str]:
    """Return the zone in which each life was longest."""
    names, zone = np.unique(np.array([*zones], dtype=np.str_), return_inverse=True)
    if not len(lives):
        return []
    counts = np.zeros((len(lives), len(names)), dtype=np.int64)
    np.add.at(counts, (lives.of, zone), 1)
    return [str(names[number]) for number in counts.argmax(axis=1)]


def _notes(run: ComparedRun, which: list[int]) -> list[LifeNote]:
    """Return notes on lives, the longest first."""
    first = {int(life): row for row, life in reversed(list(enumerate(run.lives.of)))}
    notes = [
        LifeNote(
            id=int(run.lives.id[life]),
            kind=RoadUser(int(run.lives.kind[life])).name.lower(),
            begin_ns=int(run.lives.begin_ns[life]),
            seconds=round(float(run.lives.seconds[life]), 1),
            place=run.places[life],
            east_m=round(float(run.air.users["position"][first[life], 0]), 1),
            north_m=round(float(run.air.users["position"][first[life], 1]), 1),
        )
        for life in which
    ]
    return sorted(notes, key=lambda note: -note.seconds)


def sides(a: Path, b: Path, recordings: Sequence[Path]) -> tuple[RunSource, RunSource]:
    """Return the runs: site files replay the recordings; recordings are taken as they are."""
    one, other = (RunSource([path]) if path.suffix == ".mcap" else RunSource(recordings, path) for path in (a, b))
    return one, other
