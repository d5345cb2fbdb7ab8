"""The work of `rsu export`: a site or a recording, and the file that is made of it."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, TypeVar

import typer

from hw.detail import Detail
from rsu.bus.tape import ToldItem
from rsu.bus.told import Participants, RoadEvents, RoadTraffic, Told
from rsu.cli.common.errors import fail, said
from rsu.cli.common.language import spoken
from rsu.core.exits import Exit
from rsu.exports import cityjson, moving, sequence
from rsu.exports.datum import CGCS2000_EPOCH, Survey, zone_of
from rsu.exports.ngsi import FlowEntities
from rsu.exports.sensorthings import Things
from rsu.recording import reader, site_files
from rsu.replay.player import Player
from rsu.site import config
from rsu.site.config import Config

_NO_SYSTEM = Detail("no coordinate system of this number: {system}", "无此坐标系：{system}")
_NO_LIBRARY = Detail(
    "coordinates need the extra `map`, {name} is not installed: pip install 'rsu-edge[map]'",
    "坐标转换需要附加组件 `map`，{name} 未安装：pip install 'rsu-edge[map]'",
)
_NOT_MOVED = Detail(
    "the epoch of the survey is not known: coordinates are not moved to 2000.0, up to 0.8 m off (--epoch)",
    "测量历元未知：坐标未移动至 2000.0，偏差可达 0.8 m（--epoch）",
)
Kind = TypeVar("Kind", bound=Told)


class Place(NamedTuple):
    """Where the result goes."""

    out: Path | None  # None: standard output
    as_json: bool

    def put(self, texts: Iterable[str], count: int) -> None:
        """Write the texts, then say the file and how many things are in it."""
        if self.out is None:
            sys.stdout.writelines(texts)
            return
        with self.out.open("w", encoding="utf-8") as file:
            file.writelines(texts)
        print(json.dumps({"file": str(self.out), "count": count}) if self.as_json else f"{self.out}: {count}")


def site(path: Path, epsg: int | None, epoch: float | None, geoid_m: float | None, place: Place) -> None:
    """Write a site as CityJSON."""
    loaded = config.load(path)
    survey = survey_of(loaded, epoch, geoid_m)
    if survey.epoch_years is None:
        typer.echo(said(_NOT_MOVED, spoken()), err=True)
    system = epsg or zone_of(survey.reference.longitude_deg)
    try:
        model = cityjson.city_model(loaded.site, loaded.lane_map, survey, system)
    except ImportError as error:
        fail(Exit.USAGE, _NO_LIBRARY.of(name=error.name))
    except ValueError as error:
        fail(Exit.USAGE, _NO_SYSTEM.of(system=error))
    place.put([json.dumps(model, ensure_ascii=False), "\n"], len(model["CityObjects"]))


def survey_of(loaded: Config, epoch: float | None, geoid_m: float | None) -> Survey:
    """Return the place of the site frame, and of which day it is."""
    reference, origin = loaded.site.site.reference, loaded.lane_map.origin
    if epoch is None and reference.coordinates == "cgcs2000":
        epoch = CGCS2000_EPOCH
    if epoch is None and origin is not None:
        epoch = origin.epoch_years
    return Survey(reference.reference(), reference.coordinates, epoch, geoid_m)


def tracks(recordings: Sequence[Path], place: Place) -> None:
    """Write road users as Moving Features."""
    with played(recordings) as (loaded, items):
        model = moving.moving_features(_of(items, Participants), loaded.site.site.reference.reference())
    place.put([json.dumps(model, ensure_ascii=False), "\n"], len(model["features"]))


def events(recordings: Sequence[Path], place: Place) -> None:
    """Write events as a text sequence."""
    with played(recordings) as (loaded, items):
        texts = list(sequence.text_sequence(_of(items, RoadEvents), loaded.site.site.reference.reference()))
    place.put(texts, len(texts))


def sensorthings(recordings: Sequence[Path], place: Place) -> None:
    """Write signals, statistics and states as Things."""
    with played(recordings) as (loaded, items):
        things = Things(loaded.site.identity.rscu_sn, loaded.lane_map, loaded.site.site.reference.reference())
        things.add(items)
    entities = things.entities()
    place.put([json.dumps(entities, ensure_ascii=False), "\n"], len(entities))


def ngsi(recordings: Sequence[Path], place: Place) -> None:
    """Write statistics as NGSI-LD entities."""
    with played(recordings) as (loaded, items):
        made = FlowEntities(loaded.site.identity.rscu_sn, loaded.lane_map, loaded.site.site.reference.reference())
        entities = [entity for told in _of(items, RoadTraffic) for entity in made.of(told.period)]
    place.put([json.dumps(entities, ensure_ascii=False), "\n"], len(entities))


def _of(items: Iterable[ToldItem], kind: type[Kind]) -> Iterator[Kind]:
    return (item.data for item in items if isinstance(item.data, kind))


@contextmanager
def played(recordings: Sequence[Path]) -> Iterator[tuple[Config, Iterator[ToldItem]]]:
    """Give the site of recordings, and the station's records when they are replayed with it."""
    with tempfile.TemporaryDirectory() as folder:
        loaded = site_files.load(*reader.start(recordings[0]), Path(folder))
        yield loaded, _records(loaded, recordings)


def _records(loaded: Config, recordings: Sequence[Path]) -> Iterator[ToldItem]:
    player, seed = None, b""
    for tape in reader.ticks(*recordings):
        if player is None or tape.seed != seed:
            player, seed = Player(loaded, tape.seed), tape.seed
        yield from player.told(tape).told
