"""`rsu score`: the quality of the output on air, against the truth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from rich.cells import cell_len

from hw.detail import Detail, in_language
from perception.scoring import identity
from perception.scoring.assignment import CUTOFF_M
from rsu.cli.views.screen import left, right
from rsu.lab import computing, flows, judging, runs, scoring
from rsu.lab.air import SentFrame
from rsu.lab.computing import ComputingPlace
from rsu.lab.flows import LaneCount
from rsu.lab.mot import FilmOf
from rsu.lab.places import ZONES, Places
from rsu.lab.runs import RunSource
from rsu.reasons import terms
from rsu.recording.listing import listed
from rsu.replay.rerun import chains

_COLUMNS = (  # heading, key, format
    (Detail("users", "目标数"), "true_users", ".1f"),
    (Detail("found", "召回"), "recall", ".1%"),
    (Detail("right", "准确"), "precision", ".1%"),
    ("GOSPA m", "gospa_m", ".2f"),
    (Detail("pos p50 m", "位置 p50 m"), "position_p50_m", ".2f"),
    ("p95 m", "position_p95_m", ".2f"),
    (Detail("raw p95 m", "未修正 p95 m"), "position_raw_p95_m", ".2f"),
    (Detail("speed p95 m/s", "速度 p95 m/s"), "speed_p95_mps", ".2f"),
    (Detail("heading p95 deg", "航向 p95 deg"), "heading_p95_deg", ".1f"),
    (Detail("length p95 m", "长度 p95 m"), "length_p95_m", ".2f"),
    (Detail("class", "类别"), "right_class", ".1%"),
    (Detail("switches", "标识切换"), "id_switches", "d"),
    (Detail("age p95 ms", "时延 p95 ms"), "age_p95_ms", ".0f"),
)

_AGES = (50, 95, 99)  # percentiles of ages
_SCORED = {"replay": Detail("replay", "回放"), "as recorded": Detail("as recorded", "录制原样")}
_OVERALL = Detail("overall", "总计")
_JUDGED = Detail("{} ({}) against {}: {} ticks within {} m", "{}（{}）对比 {}：{} 个周期，{} m 以内")
_NOTHING = Detail(
    "nothing to judge: no road user on air, no truth of that time, or only the first seconds, which are not judged",
    "无可评判内容：空口无交通参与者，无该时段真值，或仅有不参与评判的最初几秒",
)
_TRAFFIC = Detail(
    "stop lines crossed {}, true {}, wrong by lane {}; longest queues wrong by {} m on average",
    "越过停止线 {}，真值 {}，按车道误计 {}；最长排队平均误差 {} m",
)
_LATE = Detail("from receipt to air {}", "从接收到播发 {}")
_SENDERS = Detail(
    "Only vehicles that send BSMs are judged. An error within the 95 % accuracy that a vehicle states of itself\n"
    "counts as 0, except in `raw`.",
    "仅评判发送 BSM 的车辆。误差在车辆自报的 95 % 精度以内时计为 0，“未修正”一列除外。",
)


class ScoreWish(NamedTuple):
    """The caller's choice of one run, or of a folder of them."""

    recordings: Sequence[Path]
    site: Path | None
    replayed: bool
    truth: str  # as `rsu score --truth`
    region_m: float
    film: FilmOf | None = None


def scores(wish: ScoreWish, place: ComputingPlace) -> Iterator[dict[str, Any]]:
    """Yield the figures of the recordings together; of folders those of each start of the station.

    Errors as `score` and `computing.executor`.
    """
    folders = any(path.is_dir() for path in wish.recordings)
    runs = chains(listed(wish.recordings)) if folders else [wish.recordings]
    wishes = [wish._replace(recordings=run) for run in runs]
    if place.cluster is None and (place.workers == 1 or len(wishes) == 1):
        yield from map(_scored, wishes)
        return
    with computing.executor(place, len(wishes)) as pool:
        yield from pool.map(_scored, [_there(wish, place) for wish in wishes])


def _there(wish: ScoreWish, place: ComputingPlace) -> ScoreWish:
    """Return a wish with the paths that workers can use."""
    return wish._replace(
        recordings=[place.there(path) for path in wish.recordings],
        site=None if wish.site is None else place.there(wish.site),
        truth=computing.name_there(place, wish.truth),
        film=None if wish.film is None else wish.film._replace(camera=computing.name_there(place, wish.film.camera)),
    )


def _scored(wish: ScoreWish) -> dict[str, Any]:
    return score(RunSource(wish.recordings, wish.site, wish.replayed), wish.truth, wish.region_m, wish.film)


def score(source: RunSource, truth_name: str, region_m: float, film: FilmOf | None = None) -> dict[str, Any]:
    """Return all figures, ready for JSON. RecordingError, ConfigError, TruthError, OSError."""
    with runs.site_of(source) as site:
        air = runs.air_of(source, site)
        truth = runs.truth_of(truth_name, source.recordings, site, air, film)
    places = Places(site)
    judged = judging.judge(air, truth, places, region_m)
    return {
        "recordings": [str(path) for path in source.recordings],
        "site": site.path.name,
        "truth": truth_name,
        "scored": "replay" if source.site or source.replayed else "as recorded",
        "region_m": region_m,
        "cutoff_m": CUTOFF_M,
        "id_cutoff_m": identity.CUTOFF_M,
        "ticks": len(judged.ticks),
        "seconds": round(len(judged.ticks) / 10.0, 1),
        "overall": _overall(judged),
        **{name: _group(group) for name, group in scoring.groups(judged).items()},
        "latency_ms": latency(air.sent, judged),
        "traffic": _traffic(flows.compare(air, truth, judged.ticks, places.lanes)) if truth.complete else None,
    }


def _overall(judged: judging.Judging) -> dict[str, Any]:
    ids = judged.identities
    known = judged.complete  # without all road users nothing can be called false
    return scoring.figures(judged)._asdict() | {
        "mota": _rounded(ids.clear.mota) if known else None,
        "motp_m": _rounded(ids.clear.motp_m),
        "idf1": _rounded(ids.idf1) if known else None,
        "hota": _rounded(ids.hota.hota) if known and ids.hota else None,
        "deta": _rounded(ids.hota.deta) if known and ids.hota else None,
        "assa": _rounded(ids.hota.assa) if ids.hota else None,
    }


def _group(group: Mapping[str, scoring.Figures]) -> dict[str, Any]:
    return {name: figures._asdict() for name, figures in group.items()}


def latency(sent: Sequence[SentFrame], judged: judging.Judging) -> dict[str, float | None]:
    """Return the age of sent states when they were sent, and the time since receipt of their newest data."""
    ages = judged.pairs["age_ms"]
    waits = [(one.now_ns - one.newest_receipt_ns) / 1e6 for one in sent if one.newest_receipt_ns is not None]
    known = ages[~np.isnan(ages)]
    return {
        f"{name}_p{percent}": round(float(np.percentile(values, percent)), 2) if len(values) else None
        for name, values in (("age", known), ("receipt_to_air", np.array(waits)))
        for percent in _AGES
    }


def _traffic(lanes: Sequence[LaneCount]) -> dict[str, Any]:
    volume, true = sum(lane.volume for lane in lanes), sum(lane.true_volume for lane in lanes)
    queues = [lane for lane in lanes if lane.true_queue_m or lane.queue_m]
    return {
        "volume": volume,
        "true_volume": true,
        "wrong_counts": sum(abs(lane.volume - lane.true_volume) for lane in lanes),
        "queue_error_m": _mean([abs(lane.queue_m - lane.true_queue_m) for lane in queues]),
        "lanes": [lane._asdict() for lane in lanes],
    }


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 2) if values else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(float(value), 4)


def show(answer: Mapping[str, Any], language: str) -> None:
    """Print the figures for people, in a language."""
    for line in _lines(answer, language):
        print(in_language(line, language))


def _lines(answer: Mapping[str, Any], language: str) -> Iterator[Detail | str]:
    overall, names = answer["overall"], ", ".join(Path(name).name for name in answer["recordings"])
    scored = _SCORED[answer["scored"]]
    yield _JUDGED.of(names, scored, answer["truth"], answer["ticks"], f"{answer['region_m']:.0f}")
    if not answer["ticks"]:
        yield _NOTHING
        return
    measures = {name.upper(): overall[name] for name in ("mota", "idf1", "hota", "deta", "assa")}
    yield "  ".join(f"{name} {_text(value, '.3f')}" for name, value in measures.items())
    if traffic := answer["traffic"]:
        queue = _text(traffic["queue_error_m"], ".1f")
        yield _TRAFFIC.of(traffic["volume"], traffic["true_volume"], traffic["wrong_counts"], queue)
    late = answer["latency_ms"]
    yield _LATE.of(", ".join(f"{percent} % {_text(late[f'receipt_to_air_p{percent}'], '.0f')} ms" for percent in _AGES))
    yield ""
    heads = [str(in_language(heading, language)) for heading, _, _ in _COLUMNS]
    yield f"{'':14}" + "  ".join(right(heading, 6) for heading in heads)
    yield _row(_OVERALL.told(language), overall, heads)
    for group in ("by_class", "by_zone", "by_range"):
        yield ""
        for name, figures in answer[group].items():
            yield _row(_name(group, name, language), figures, heads)
    if answer["truth"] == runs.V2X:
        yield ""
        yield _SENDERS


def _name(group: str, name: str, language: str) -> str:
    if group == "by_class":
        return terms.said(terms.ROAD_USERS, name, language).lower()
    return str(in_language(ZONES.get(name, name), language))


def _row(name: str, figures: Mapping[str, Any], heads: Sequence[str]) -> str:
    texts = (_text(figures[key], form) for _, key, form in _COLUMNS)
    return left(name, 14) + "  ".join(
        right(text, max(6, cell_len(head))) for text, head in zip(texts, heads, strict=True)
    )


def _text(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)
