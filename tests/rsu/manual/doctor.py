"""The page "Doctor": the table of all probes, one for each group."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from rsu.lab.doctor.probe import ProbeGroup
from rsu.lab.doctor.table import GROUPS
from tests.rsu.manual.markdown import table

HEADS = {
    "en": ("name", "measured", "limit", "why it matters", "what to do"),
    "zh": ("名称", "测量内容", "限值", "影响", "处理"),
}


def probes(language: str, group: ProbeGroup) -> str:
    """Return the probes of a group."""
    rows = ([f"`{p.name}`", *(text.told(language) for text in (p.title, p.limit, p.why, p.do))] for p in group.probes)
    return table(HEADS[language], rows)


PARTS: dict[str, Callable[[str], str]] = {f"doctor {group.name}": partial(probes, group=group) for group in GROUPS}
