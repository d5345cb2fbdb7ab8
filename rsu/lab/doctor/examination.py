"""All probes of the table, one after the other, on the facts. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from hw.detail import Detail, in_language
from rsu.lab.doctor.facts import FAILED, NotApplicableError, SiteFacts
from rsu.lab.doctor.probe import Judgement, Measured, Probe, ProbeGroup
from rsu.lab.doctor.table import GROUPS

_ORDER = list(Judgement)
_NOTHING = Detail("no such device at this site, or no data yet", "该站点没有此类设备，或尚无数据")


class Examined(NamedTuple):
    """One probe and its values, at least one."""

    group: ProbeGroup
    probe: Probe
    measured: tuple[Measured, ...]

    @property
    def judgement(self) -> Judgement:
        """Return the worst verdict; one that does not apply counts only alone."""
        applied = [each.judgement for each in self.measured if each.judgement is not Judgement.NONE]
        return max(applied, key=_ORDER.index, default=Judgement.NONE)


def examine(facts: SiteFacts) -> Iterator[Examined]:
    """Yield the result of every probe."""
    for group in GROUPS:
        for probe in group.probes:
            yield Examined(group, probe, _measured(probe, facts))


def _measured(probe: Probe, facts: SiteFacts) -> tuple[Measured, ...]:
    try:
        found = tuple(probe.look(facts))
    except NotApplicableError as error:
        return (Measured(Judgement.NONE, error.args[0]),)
    except Exception as error:  # one row that fails must not hide the others
        return (Measured(Judgement.WARN, FAILED.of(error=f"{type(error).__name__} {error}")),)
    return found or (Measured(Judgement.NONE, _NOTHING),)


def plain(examined: Examined) -> dict[str, object]:
    """Return one probe's result with its words in both languages, for JSON."""
    probe, group = examined.probe, examined.group
    words = {name: getattr(probe, name) for name in ("title", "why", "do", "limit")} | {"group_title": group.title}
    values = [
        {"verdict": each.judgement.code, **_both({"about": each.about, "value": each.value})}
        for each in examined.measured
    ]
    return {
        "name": probe.name,
        "group": group.name,
        "verdict": examined.judgement.code,
        **_both(words),
        "values": values,
    }


def _both(texts: Mapping[str, object]) -> dict[str, str]:
    """Return texts by their names, and as `..._zh` in Chinese."""
    chinese = {f"{name}_zh": str(in_language(each, "zh")) for name, each in texts.items()}
    return {name: str(each) for name, each in texts.items()} | chinese
