"""A lane map checked by itself, without the site file: the rules of `rsu check`, and its MAP on air."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hw.detail import Detail
from rsu.core.errors import ConfigError, Finding
from rsu.lab.maps import airing
from rsu.site.map_source import map_source
from rsu.site.reading import OfMap, SiteReading, of_map
from rsu.site.rules import table
from v2x import CodecError, dsmp

_LARGE = Detail(
    "expected a MAP of at most {most} octets, got {size}: fewer points, shorter roads, or fewer lanes",
    "MAP 应不超过 {most} 字节，实为 {size}：请减少点数、缩短道路或减少车道",
)
_NO_MAP = Detail("cannot be sent as a MAP: {problem}", "无法编码为 MAP：{problem}")
_NOT_READ = Detail(
    "expected a MAP with every link and lane, got one that reads otherwise", "MAP 应含全部路段与车道，实际解码结果不同"
)


def check(path: Path) -> list[Finding]:
    """Return all findings on a lane map: errors, and warnings where it has none."""
    try:
        found, mistakes = of_map(map_source(path))
    except ConfigError as error:
        return error.findings
    reading = SiteReading(None, found, mistakes)
    errors = [*mistakes, *table.errors(reading)]
    if errors or found is None:
        return errors
    return [*table.warnings(reading, ()), *_air(found)]


def _air(of: OfMap) -> Iterator[Finding]:
    """Find a MAP that does not fit into a frame, or that a receiver does not read back."""
    try:
        size, read_back = airing.size(of.map), airing.reads_back(of.map)
    except CodecError as error:
        yield of.source.finding(("nodes",), _NO_MAP.of(problem=error))
        return
    if size > dsmp.MAX_LENGTH:
        yield of.source.finding(("nodes",), _LARGE.of(most=dsmp.MAX_LENGTH, size=size))
    if not read_back:
        yield of.source.finding(("nodes",), _NOT_READ)
