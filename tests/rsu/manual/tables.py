"""The parts of the manual that are made of rows in the code: one function a part, language ("en", "zh") to Markdown."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType

from hw import hints, modality
from rsu.cli.common.options import Language
from rsu.cli.reference import markdown
from rsu.drill.faults import box, clock, platform, radio, sensors, signals
from rsu.manual import skeleton
from rsu.messages.row import Permission
from rsu.station import gate
from rsu.uplink import example
from tests.costs import COSTS, elsewhere, own
from tests.matrix.page import matrix
from tests.rsu.manual import alarms, doctor
from tests.rsu.manual.figures import figures
from tests.rsu.manual.markdown import table
from tests.rsu.manual.site_file import lane_map, site_file
from v2x import dsmp
from v2x.aids import SERVICES

DECISIONS = {
    "en": {Permission.SEND: "", Permission.DEGRADED: "degraded", Permission.SILENT: "**silent**"},
    "zh": {Permission.SEND: "", Permission.DEGRADED: "降级", Permission.SILENT: "**静默**"},
}
HEADS = {
    "en": {
        "faults": ("command", "fault", "expected", "named within"),
        "reasons": ("reason",),
        "hints": ("octets begin like", "meaning"),
        "damage": ("counter", "meaning"),
        "modalities": (
            "`hw.modality`",
            "letter",
            "gives",
            "RSM `source`",
            "`sourceType`",
            "`deviceType`",
            "`faultType`",
        ),
        "services": ("kind", "AID", "DSM priority", "PPPP", "layer-2 destination"),
        "costs": ("a new", "as", "its own", "files, about lines", "lines in other files", "test that adds one"),
    },
    "zh": {
        "faults": ("命令", "故障", "预期", "告警时限"),
        "reasons": ("原因码",),
        "hints": ("字节开头形如", "含义"),
        "damage": ("计数器", "含义"),
        "modalities": (
            "`hw.modality`",
            "字母",
            "用途",
            "RSM `source`",
            "`sourceType`",
            "`deviceType`",
            "`faultType`",
        ),
        "services": ("类别", "AID", "DSM 优先级", "PPPP", "层 2 目的地址"),
        "costs": ("新增", "例", "自身", "文件数、约行数", "其他文件中的行数", "新增一个的测试"),
    },
}


def decisions(language: str) -> str:
    """Return the gate's decisions, by reason and message type."""
    words = DECISIONS[language]
    head = [*HEADS[language]["reasons"], *(kind.upper() for kind in gate.KINDS)]
    return table(head, ([f"`{reason}`", *(words[each] for each in row)] for reason, row in gate.TABLE.items()))


def faults(language: str, group: ModuleType) -> str:
    """Return the faults of one group of the drill."""
    rows = (
        (
            f"`rsu drill {fault.id}`",
            getattr(fault, language),
            getattr(fault.expected, language),
            f"{fault.notice_s:g} s",
        )
        for fault in group.ROWS
    )
    return table(HEADS[language]["faults"], rows)


def beginnings(language: str) -> str:
    """Return the kind of octets that a driver cannot read, the first that fits."""
    rows = {getattr(hint, language): pattern.decode("ascii") for pattern, hint in reversed(hints.BEGINNINGS.items())}
    return table(HEADS[language]["hints"], [(f"`{rows[text]}`", text) for text in reversed(rows)])


def damage(language: str) -> str:
    """Return the counters that point to damage on the way from the device."""
    rows = ((f"`{reason}`", getattr(hint, language)) for reason, hint in hints.DAMAGED.items())
    return table(HEADS[language]["damage"], rows)


GIVES_ZH = {
    modality.Gives.ROAD_USERS: "交通参与者",
    modality.Gives.POSITION: "位置与时间",
    modality.Gives.SIGNALS: "信号灯状态",
    modality.Gives.RADIO: "空口报文",
    modality.Gives.SPEEDS: "不带位置的车速",
    modality.Gives.WEATHER: "气象",
    modality.Gives.OTHER: "其他",
}


def modalities(language: str) -> str:
    """Return the consequences of each modality, by the name of its row."""
    rows = (
        (
            f"`{row.name.upper()}`",
            row.mark,
            GIVES_ZH[row.gives] if language == "zh" else row.gives.value,
            row.source,
            str(row.source_type),
            str(row.device_type),
            "" if row.fault_type is None else str(row.fault_type),
        )
        for row in modality.ROWS
    )
    return table(HEADS[language]["modalities"], rows)


def code(_: str, module: ModuleType) -> str:
    """Return a module, the same in all languages."""
    assert module.__file__
    return f"```python\n{Path(module.__file__).read_text(encoding='utf-8')}```"


def services(language: str) -> str:
    """Return how each kind of message is handed to the radio."""
    rows = (
        (f"`{kind}`", str(row.aid), str(row.priority), str(dsmp.pppp(row.priority)), f"0x{row.destination:06X}")
        for kind, row in SERVICES.items()
    )
    return table(HEADS[language]["services"], rows)


def costs(language: str) -> str:
    """Return the cost of each kind of addition: own files and lines, and lines in other files."""
    return table(
        HEADS[language]["costs"],
        (
            (
                getattr(cost, language),
                f"`{cost.example}`",
                f"`{cost.own}`",
                "{}, {}".format(*own(cost)),
                ", ".join(f"`{file}` {lines}" for file, lines in elsewhere(cost).items()) or "-",
                f"`{cost.test}`",
            )
            for cost in COSTS
        ),
    )


PARTS: dict[str, Callable[[str], str]] = {
    "gate": decisions,
    **{
        f"faults {group.__name__.rpartition('.')[2]}": partial(faults, group=group)
        for group in (sensors, signals, clock, radio, platform, box)
    },
    **alarms.PARTS,
    **doctor.PARTS,
    "device matrix": matrix,
    "beginnings": beginnings,
    "damage": damage,
    "driver": partial(code, module=skeleton),
    "dialect": partial(code, module=example),
    "modalities": modalities,
    "site file": site_file,
    "lane map": lane_map,
    "services": services,
    "costs": costs,
    "figures": figures,
    "command line": lambda language: markdown(Language(language)),
}
