"""`rsu selftest`: whether a box can carry its site, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hw.detail import Detail, in_language
from rsu.lab.speed.measure import Speed, Timing

_PARTS = {
    "drivers": Detail("drivers and checks of content", "驱动与内容检查"),
    "perception": Detail("perception, one round", "感知，每轮"),
    "station": Detail("whole tick of the station, drivers included", "站点整个周期，含驱动"),
    "codec": Detail("codec, all frames of a tick", "编解码，一个周期的全部消息"),
}
_ROW = Detail("{}: p50 {} ms, p99 {} ms of {} ms{}", "{}：p50 {} ms，p99 {} ms，预算 {} ms{}")
_TOO_SLOW = Detail(": does not fit", "：超出预算")
_UNFED = Detail("drivers not timed: {}", "未计时的驱动：{}")
_FITS = Detail("this box can carry the site with {} road users in view", "本机能够承载该站点（视野内 {} 个交通参与者）")
_FITS_NOT = Detail(
    "this box cannot carry the site with {} road users in view; too slow: {}",
    "本机不能承载该站点（视野内 {} 个交通参与者）；过慢：{}",
)


def facts(speed: Speed) -> dict[str, Any]:
    """Return the result for a program."""
    parts = {
        each.name: {"p50_ms": each.p50_ms, "p99_ms": each.p99_ms, "budget_ms": each.budget_ms, "fits": each.fits}
        for each in speed.timings
    }
    return {"parts": parts, "drivers_timed": speed.fed, "drivers_not_timed": speed.unfed, "fits": speed.fits}


def lines(speed: Speed, users: int, language: str) -> Iterator[str]:
    """Yield the result in a language, a line for each part, then the verdict."""
    for timing in speed.timings:
        yield str(in_language(_row(timing), language))
    if speed.unfed:
        yield str(in_language(_UNFED.of(", ".join(speed.unfed)), language))
    slow = [each for each in speed.timings if not each.fits]
    comma = {"en": ", ", "zh": "、"}[language]
    names = comma.join(str(in_language(_PARTS[each.name], language)) for each in slow)
    yield str(in_language(_FITS_NOT.of(users, names) if slow else _FITS.of(users), language))


def _row(timing: Timing) -> Detail:
    verdict = Detail("", "") if timing.fits else _TOO_SLOW
    return _ROW.of(_PARTS[timing.name], timing.p50_ms, timing.p99_ms, f"{timing.budget_ms:g}", verdict)
