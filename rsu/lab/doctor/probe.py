"""The form of the doctor's rows: a probe measures one thing, and judges it by a limit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum
from typing import NamedTuple

from hw.detail import NOTHING, Detail
from rsu.lab.doctor.facts import SiteFacts
from rsu.reasons.words import Reason

_FROM = Detail("warning from {warn} on, bad from {bad} on", "{warn} 起警告，{bad} 起异常")
_BELOW = Detail("warning below {warn}, bad below {bad}", "低于 {warn} 警告，低于 {bad} 异常")


class Judgement(Enum):
    """Verdicts, in words; the name in lower case is the code."""

    FINE = Detail("fine", "正常")
    WARN = Detail("warning", "警告")
    BAD = Detail("bad", "异常")
    NONE = Detail("not applicable", "不适用")

    @property
    def code(self) -> str:
        """Return the verdict as programs read it."""
        return self.name.lower()


class Measured(NamedTuple):
    """One measured value and its verdict. `about`: the device or phase; empty: the site."""

    judgement: Judgement
    value: Detail
    about: str | Detail = ""


class Margin(NamedTuple):
    """Two limits of a value: from `warn` on it is doubtful, from `bad` on wrong; `least`: below them instead."""

    warn: float
    bad: float
    unit: str = ""
    least: bool = False

    @property
    def words(self) -> Detail:
        """Return the limits in words."""
        row = _BELOW if self.least else _FROM
        return row.of(warn=_figure(self.warn, self.unit), bad=_figure(self.bad, self.unit))

    def judgement(self, value: float) -> Judgement:
        """Return the verdict on a value."""
        sign = -1.0 if self.least else 1.0
        if sign * value >= sign * self.bad and not (self.least and value == self.bad):
            return Judgement.BAD
        return (
            Judgement.WARN if sign * value >= sign * self.warn and value != self.warn * self.least else Judgement.FINE
        )

    def measured(self, value: float, about: str | Detail = "", text: Detail = NOTHING) -> Measured:
        """Return a value with its verdict. `text`: in words; empty: the number with its unit."""
        number = figure(_figure(value, self.unit))
        return Measured(self.judgement(value), text if text.en else number, about)


class Probe(NamedTuple):
    """One row. `look` yields a value for each subject; nothing: there is none at this site."""

    name: str
    title: Detail
    why: Detail  # it matters
    do: Detail  # where the verdict is not fine
    limit: Detail
    look: Callable[[SiteFacts], Iterator[Measured]]


class ProbeGroup(NamedTuple):
    """The rows of one subject."""

    name: str
    title: Detail
    probes: tuple[Probe, ...]


def remedy(reason: Reason) -> Detail:
    """Return the remedy that the row of a reason gives."""
    words = reason.words.of()
    return Detail(words.do, words.do_zh)


def figure(text: str) -> Detail:
    """Return a figure with its unit: the same in both languages."""
    return Detail(text, text)


def fine(value: Detail, about: str | Detail = "") -> Measured:
    """Return a value that is as it should be."""
    return Measured(Judgement.FINE, value, about)


def warn(value: Detail, about: str | Detail = "") -> Measured:
    """Return a doubtful value."""
    return Measured(Judgement.WARN, value, about)


def bad(value: Detail, about: str | Detail = "") -> Measured:
    """Return a wrong value."""
    return Measured(Judgement.BAD, value, about)


def _figure(value: float, unit: str) -> str:
    return f"{value:.{0 if abs(value) >= 100 else 3}{'f' if abs(value) >= 100 else 'g'}} {unit}".rstrip()
