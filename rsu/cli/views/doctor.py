"""`rsu doctor`: the rows of all probes, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from hw.detail import Detail
from rsu.bus.troubles import Newest
from rsu.cli.views.listening import NewestRecords
from rsu.cli.views.screen import table
from rsu.core.errors import NotReachableError
from rsu.lab.doctor.examination import Examined, examine, plain
from rsu.lab.doctor.gathering import Whereabouts, gather
from rsu.lab.doctor.probe import Judgement

_COLOURS = {Judgement.FINE: "green", Judgement.WARN: "yellow", Judgement.BAD: "red", Judgement.NONE: "dim"}
_COLUMNS = (Detail("verdict", "结论"), Detail("probe", "检查项"), Detail("value", "测量值"), Detail("limit", "限值"))
_SUBJECT = Detail("{about}: {value}", "{about}：{value}")
_MORE = Detail("{value}; and {count} more", "{value}；另有 {count} 项")
_FAULT = Detail("{verdict}: {title}: {value}", "{verdict}：{title}：{value}")
_WHY = Detail("    why: {}", "    影响：{}")
_DO = Detail("    do: {}", "    处理：{}")
_SUM = Detail(
    "{probes} probes: {fine} fine, {warn} warnings, {bad} bad, {none} not applicable",
    "共 {probes} 项：{fine} 项正常，{warn} 项警告，{bad} 项异常，{none} 项不适用",
)
_WORST = (Judgement.BAD, Judgement.WARN)


def look(places: Whereabouts) -> list[Examined]:
    """Gather the facts and judge them; takes a few seconds. NotReachableError: neither a daemon nor a site file."""
    return list(examine(gather(places, _newest(places))))


def _newest(places: Whereabouts) -> Newest:
    listener = NewestRecords(places.run)
    try:
        return listener.first()
    except NotReachableError:
        if places.site is None:
            raise
        return Newest()
    finally:
        listener.close()


def facts(found: Sequence[Examined]) -> dict[str, Any]:
    """Return all rows for a program, in both languages."""
    return {"counts": _counts(found), "probes": [plain(each) for each in found]}


def _counts(found: Sequence[Examined]) -> dict[str, int]:
    return {judgement.code: sum(each.judgement is judgement for each in found) for judgement in Judgement}


def show(found: Sequence[Examined], language: str) -> None:
    """Print a table for each group, then every fault with its cure."""
    console = Console(highlight=False)
    for group in dict.fromkeys(each.group for each in found):
        made = table(group.title, _COLUMNS, language)
        for each in (each for each in found if each.group is group):
            _add(made, each, language)
        console.print(made)
    for each in sorted(_faults(found), key=lambda each: _WORST.index(each.judgement)):
        for line in _fault(each):
            console.print(line.told(language), markup=False, soft_wrap=True)
    console.print(_SUM.of(probes=len(found), **_counts(found)).told(language), markup=False)


def _add(made: Table, each: Examined, language: str) -> None:
    verdict = Text(each.judgement.value.told(language), _COLOURS[each.judgement])
    made.add_row(verdict, each.probe.title.told(language), _value(each).told(language), each.probe.limit.told(language))


def _value(each: Examined) -> Detail:
    """Return the value with the worst verdict, and the number of the others."""
    worst = next(one for one in each.measured if one.judgement is each.judgement)
    value = _SUBJECT.of(about=worst.about, value=worst.value) if str(worst.about) else worst.value
    rest = len(each.measured) - 1
    return _MORE.of(value=value, count=rest) if rest else value


def _faults(found: Sequence[Examined]) -> Iterator[Examined]:
    yield from (each for each in found if each.judgement in _WORST)


def _fault(each: Examined) -> Iterator[Detail]:
    for one in each.measured:
        if one.judgement in _WORST:
            value = _SUBJECT.of(about=one.about, value=one.value) if str(one.about) else one.value
            yield _FAULT.of(verdict=one.judgement.value, title=each.probe.title, value=value)
    yield _WHY.of(each.probe.why)
    yield _DO.of(each.probe.do)
