"""The comparison as one HTML file that needs nothing else: verdict first, then figures, pictures, lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import resources
from typing import NamedTuple

import numpy as np

from hw.detail import NOTHING, Detail, in_language
from perception.objects import Floats
from perception.traffic.lanes import LaneLine
from rsu.lab.compare import charts, words
from rsu.lab.compare.charts import Chart
from rsu.lab.compare.comparison import Comparison
from rsu.lab.compare.svg import Map
from rsu.lab.compare.verdict import shown, verdict
from rsu.lab.errors import MissingError
from rsu.lab.judging import Judging
from rsu.lab.places import ZONES
from rsu.reasons import terms
from rsu.recording.verify import clock

MAP_PX, MAP_MARGIN_M = 520.0, 6.0
WIDE_M = 90.0  # map without a judged region
LANE_GAP_M = 0.35  # between lanes as drawn
MOST_DOTS = 12000  # on one map
FAR_M = 1.0  # a road user on air that is farther from the truth is drawn as wrong
LISTED = 12  # rows of a table

_NO_JINJA = Detail(
    "the report needs jinja2: pip install 'rsu-edge[lab]'",
    "生成报告需要 jinja2：pip install 'rsu-edge[lab]'",
)


class Names(NamedTuple):
    """The subject of the report, in words."""

    a: str
    b: str
    recordings: Sequence[str]
    truth: str | None


def render(comparison: Comparison, names: Names, language: str) -> str:
    """Return the page in a language. MissingError: jinja2 is not installed."""
    try:
        from jinja2 import Environment, StrictUndefined
    except ImportError as error:
        raise MissingError(_NO_JINJA) from error
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)

    def say(text: object) -> str:
        return str(in_language(text, language))

    environment.filters["said"] = say
    template = environment.from_string(resources.files("rsu.lab.compare").joinpath("report.html.j2").read_text("utf-8"))
    air = comparison.a.air
    return template.render(
        language=language,
        t={name: text.told(language) for name, text in words.TEXTS.items()},
        names=names,
        verdict=verdict(comparison),
        begin=clock(int(air.ticks_ns[0])) if len(air.ticks_ns) else "-",
        seconds=air.seconds,
        comparison=comparison,
        groups=_groups(comparison),
        shown=shown,
        judged=lambda word: words.SIGNS.get(word, "") + words.JUDGED_WORDS[word].told(language),
        user=lambda kind: terms.said(terms.ROAD_USERS, kind, language).lower(),
        maps=list(_maps(comparison)),
        timelines=list(charts.timelines(comparison, say)),
        histograms=list(charts.histograms(comparison, say)),
        lists=[("A", comparison.only_a), ("B", comparison.only_b)],
        listed=LISTED,
        place=lambda zone: say(ZONES.get(zone, zone)),
        at=lambda stamp_ns: f"{(stamp_ns - int(air.ticks_ns[0])) / 1e9:.1f} s",
        sooner=_sooner,
        grouped=lambda number: f"{number:,}".replace(",", " "),
    )


def _sooner(late_ns: int) -> Detail:
    """Return in words how late B was with an event."""
    late_s = round(late_ns / 1e9, 1)
    row = words.LATER if late_s > 0 else words.EARLIER
    return row.of(f"{abs(late_s):.1f}") if late_s else words.AT_ONCE


def _groups(comparison: Comparison) -> dict[Detail, list[object]]:
    groups: dict[Detail, list[object]] = {}
    for row in comparison.rows:
        groups.setdefault(row.indicator.group, []).append(row)
    return groups


def _maps(comparison: Comparison) -> Iterator[Chart]:
    a, b = comparison.a, comparison.b
    lanes = a.lanes
    if a.truth is not None and b.truth is not None:
        yield Chart(Detail("A", "A"), NOTHING, _errors(a.truth, lanes))
        yield Chart(Detail("B", "B"), NOTHING, _errors(b.truth, lanes))
        return
    common = comparison.common
    for name, run, rows in (("A", a, common.rows_a), ("B", b, common.rows_b)):
        both = np.zeros(len(run.air.users), np.bool_)
        both[rows] = True
        place = run.air.users["position"]
        chart = (
            _ground(lanes, WIDE_M).dots(_some(place[both]), "dot both").dots(_some(place[~both]), f"dot {name.lower()}")
        )
        yield Chart(Detail(name, name), NOTHING, chart.scale_bar(20).text())


def _errors(judged: Judging, lanes: Sequence[LaneLine]) -> str:
    pairs = judged.pairs[judged.pairs["tick"] % max(1, round(4 * len(judged.pairs) / MOST_DOTS)) == 0]
    missed, false = pairs["id"] < 0, pairs["truth"] < 0
    near = pairs["own"] <= FAR_M
    chart = _ground(lanes, judged.region_m + MAP_MARGIN_M).circle(judged.region_m, "region")
    for which, style in (
        (near, "dot good"),
        (~near & ~missed & ~false, "dot far"),
        (false, "dot false"),
        (missed, "dot missed"),
    ):
        chart.dots(pairs["position"][which].tolist(), style)
    return chart.scale_bar(20).text()


def _ground(lanes: Sequence[LaneLine], reach_m: float) -> Map:
    chart = Map(reach_m, MAP_PX)
    for lane in lanes:
        chart.lane([(float(x), float(y)) for x, y in lane.points_m], lane.width_m - LANE_GAP_M, "lane")
    return chart


def _some(points: Floats) -> list[list[float]]:
    """Return every n-th point, so that they are not too many."""
    some: list[list[float]] = points[:: 1 + len(points) // MOST_DOTS].tolist()
    return some
