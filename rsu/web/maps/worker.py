"""A process of its own that makes a lane map of a file of strangers, or of a template, within bounds.

    python -m rsu.web.maps.worker < REQUEST    one line of JSON (`MapWish`), then the octets of the file

It prints JSON: a `MadeMap`, or, with exit code 3, a `NoMap` with the reason.
"""

from __future__ import annotations

import re
import resource
import sys
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from perception.geo import Reference
from rsu.core.errors import ConfigError, RsuError
from rsu.lab.maps import importing, template
from rsu.lab.maps.importing import ImportedMap
from rsu.lab.maps.notes import KINDS
from rsu.lab.maps.placing import Stated
from rsu.lab.maps.template import CrossingPlan
from rsu.lab.maps.wanted import of_site
from rsu.web.maps.wishes import REFUSED, ImportWish, MapWish, TemplateWish

MEMORY_OCTETS = 2 << 30
CPU_S = 40


class MadeMap(msgspec.Struct, frozen=True, omit_defaults=True):
    """A lane map, its account, and the crossings that the file has."""

    text: str  # YAML
    map: dict[str, Any]
    notes: list[dict[str, str]]
    crossings: list[dict[str, Any]] = []


class NoMap(msgspec.Struct, frozen=True):
    """The reason for no lane map, in both languages."""

    text: str
    text_zh: str


def main() -> None:
    """Answer one request."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_OCTETS, MEMORY_OCTETS))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    head, _, data = sys.stdin.buffer.read().partition(b"\n")
    found = answer(msgspec.json.decode(head, type=MapWish), data)
    sys.stdout.buffer.write(msgspec.json.encode(found))
    raise SystemExit(REFUSED if isinstance(found, NoMap) else 0)


def answer(wish: MapWish, data: bytes) -> MadeMap | NoMap:
    """Make a lane map, or tell why there is none."""
    try:
        made = _new(wish.of, wish) if isinstance(wish.of, TemplateWish) else _imported(wish.of, wish, data)
    except ConfigError as error:
        first = error.findings[0]
        return NoMap(first.text, first.text_zh)
    except RsuError as error:
        reason = error.args[0]
        return NoMap(reason.en, reason.zh)
    lane_map = made.built.lane_map.model_dump(mode="json", exclude_none=True)
    return MadeMap(made.text, lane_map, [*_notes(made)], [each._asdict() for each in made.junctions])


def _notes(made: ImportedMap) -> list[dict[str, str]]:
    rows = [(KINDS[note.kind], note.text) for note in made.notes]
    return [{"kind": kind.en, "kind_zh": kind.zh, "text": text.en, "text_zh": text.zh} for kind, text in rows]


def _new(wish: TemplateWish, of: MapWish) -> ImportedMap:
    plan = CrossingPlan(
        legs=tuple(map(template.leg, wish.legs)),
        width_m=wish.width_m,
        reach_m=wish.reach_m,
        limit_mps=round(wish.limit_kmh / 3.6, 2),
        bikes=wish.bikes,
        crosswalks=wish.crosswalks,
        phases=wish.phases,
    )
    return importing.new(plan, None, of_site(Path(of.site), template.KEY, wish.reach_m))


def _imported(wish: ImportWish, of: MapWish, data: bytes) -> ImportedMap:
    origin = None if wish.origin_deg is None else Reference(*wish.origin_deg)
    stated = Stated(wish.datum, wish.epoch_years, wish.to_epoch_years, wish.from_gcj02, wish.crs, origin)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, re.sub(r"[^\w.+-]", "_", wish.name)[-80:] or "map")
        path.write_bytes(data)
        return importing.lane_map(
            path, wish.format, stated, of_site(Path(of.site), wish.crossing, wish.reach_m), wish.height_m
        )


if __name__ == "__main__":
    main()
