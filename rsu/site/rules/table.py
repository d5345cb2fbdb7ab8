"""The one table of what is judged about a site, beyond single values: errors and warnings, by what they look at."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

from rsu.errors import Finding
from rsu.site.reading import OfBoth, OfMap, OfSite, Reading
from rsu.site.rules import (
    aim,
    areas,
    cameras,
    crosswalks,
    junction,
    lines,
    names,
    offsets,
    overlaps,
    phases,
    place,
    platform,
    ports,
    roads,
    roles,
    sensors,
    serials,
    sockets,
    thresholds,
    together,
)
from rsu.video import checks as video


class Rules(NamedTuple):
    """Functions that yield findings."""

    of_map: tuple[Callable[[OfMap], Iterator[Finding]], ...]
    of_site: tuple[Callable[[OfSite], Iterator[Finding]], ...]
    of_both: tuple[Callable[[OfBoth], Iterator[Finding]], ...]


ERRORS = Rules(
    of_map=(lines.names, lines.lengths, lines.distances, lines.directions),
    of_site=(
        names.devices,
        names.signal,
        names.lists,
        roles.kinds,
        ports.shared,
        ports.families,
        sensors.views,
        video.findings,
    ),
    of_both=(together.links, together.phases, together.exceptions, areas.extents),
)
WARNINGS = Rules(
    of_map=(
        roads.widths,
        roads.limits,
        roads.lines,
        roads.beside,
        overlaps.lanes,
        junction.targets,
        junction.exits,
        junction.upstream,
        junction.movements,
        junction.maneuvers,
        crosswalks.crosswalks,
        phases.unruled,
        phases.of_movements,
        phases.crossing,
    ),
    of_site=(
        place.reference,
        place.numbers,
        place.controller,
        roles.idle,
        sockets.addresses,
        sockets.pairs,
        sockets.shared,
        sockets.ways,
        sockets.page,
        serials.bauds,
        serials.radars,
        serials.paths,
        sensors.mounts,
        sensors.fields,
        sensors.noise,
        cameras.models,
        cameras.pictures,
        video.sources,
        phases.listed,
        areas.zones,
        thresholds.orders,
        thresholds.codes,
        thresholds.far,
        thresholds.periods,
        thresholds.silences,
        thresholds.disks,
        platform.broker,
        platform.passwords,
        platform.files,
        offsets.antenna,
    ),
    of_both=(phases.unknown, phases.used, aim.aims, areas.off_the_road, offsets.lanes, offsets.parts),
)


def errors(reading: Reading) -> Iterator[Finding]:
    """Yield what keeps a site from running."""
    yield from together.node(reading)
    yield from _all(ERRORS, reading.map, reading.site, reading.both)


def warnings(reading: Reading, wrong: Collection[str]) -> Iterator[Finding]:
    """Yield what is hardly meant so. `wrong`: files with errors, of which no more is said."""
    of_map = None if reading.map is None or reading.map.source.file in wrong else reading.map
    of_site = None if reading.site is None or reading.site.source.file in wrong else reading.site
    yield from _all(WARNINGS, of_map, of_site, reading.both if of_map and of_site else None)


def _all(rules: Rules, of_map: OfMap | None, of_site: OfSite | None, of_both: OfBoth | None) -> Iterator[Finding]:
    for rule_of_map in rules.of_map if of_map else ():
        assert of_map is not None
        yield from rule_of_map(of_map)
    for rule_of_site in rules.of_site if of_site else ():
        assert of_site is not None
        yield from rule_of_site(of_site)
    for rule_of_both in rules.of_both if of_both else ():
        assert of_both is not None
        yield from rule_of_both(of_both)
