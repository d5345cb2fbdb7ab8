"""The one table of rules about a site, beyond single values: errors and warnings, by their subject."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import NamedTuple, TypeVar

import numpy as np

from rsu.core.errors import Finding
from rsu.site.reading import OfBoth, OfMap, OfSite, SiteReading
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
    stops,
    thresholds,
    together,
    video,
)

T = TypeVar("T")


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
        roles.fault_types,
        ports.shared,
        ports.families,
        sensors.views,
        video.findings,
    ),
    of_both=(together.links, together.phases, together.exceptions, areas.extents, offsets.origin),
)
WARNINGS = Rules(
    of_map=(
        roads.widths,
        roads.limits,
        roads.lines,
        roads.beside,
        overlaps.lanes,
        stops.apart,
        stops.on_crosswalks,
        place.origin,
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
        platform.heartbeat,
        platform.files,
        offsets.antenna,
    ),
    of_both=(phases.unknown, phases.used, aim.aims, areas.off_the_road, offsets.lanes, offsets.parts, offsets.systems),
)


def errors(reading: SiteReading) -> list[Finding]:
    """Return the errors that keep a site from running."""
    of_map, of_site = _found(ERRORS.of_map, reading.map), _found(ERRORS.of_site, reading.site)
    both = None if of_map else reading.both  # lines that cannot be are compared with nothing
    return [*together.node(reading), *of_map, *of_site, *_found(ERRORS.of_both, both)]


def warnings(reading: SiteReading, wrong: Collection[str]) -> list[Finding]:
    """Return warnings of probable mistakes. `wrong`: files with errors, which get no warnings."""
    of_map = None if reading.map is None or reading.map.source.file in wrong else reading.map
    of_site = None if reading.site is None or not reading.site.source.files.isdisjoint(wrong) else reading.site
    both = reading.both if of_map and of_site else None
    return [*_found(WARNINGS.of_map, of_map), *_found(WARNINGS.of_site, of_site), *_found(WARNINGS.of_both, both)]


def _found(rules: Iterable[Callable[[T], Iterator[Finding]]], part: T | None) -> list[Finding]:
    with np.errstate(all="ignore"):  # numbers may be as large as floats are
        return [] if part is None else [finding for rule in rules for finding in rule(part)]
