"""Every name under which the code counts input that is not used has its Chinese."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from rsu.reasons.counted import words
from rsu.station.vehicles.offences import OFFENCES
from v2x.adjust import Reason

ROOT = Path(__file__).parents[3]
IDEOGRAPH = re.compile("[\u4e00-\u9fff]")
COUNTING = ("refuse", "note", "_refuse", "_note", "_count")  # functions whose first text names a counter
PLACES = ("hw", "rsu/station", "perception/tracking", "perception/sensing")


def _names(file: Path) -> Iterator[str]:
    """Yield the texts that name a counter in a file."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        parts: list[ast.expr] = []
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in COUNTING:
            parts = node.args[:2]
        elif isinstance(node, ast.Subscript) and getattr(node.value, "attr", "").endswith("counters"):
            parts = [node.slice]
        yield from (part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str))


def counted() -> set[str]:
    files = (file for place in PLACES for file in (ROOT / place).rglob("*.py"))
    return {name for file in files for name in _names(file) if name}


def test_every_counter_has_its_chinese() -> None:
    found = counted()
    assert len(found) > 50
    assert sorted(name for name in found if not IDEOGRAPH.search(words(name).zh)) == []


@pytest.mark.parametrize(
    ("name", "chinese"),
    [
        ("noise", "不属于任何报文的字节"),
        ("data-overrun", "data 溢出的字节"),
        ("udp-stranger 192.0.2.7:40", "udp 来自 192.0.2.7:40 的报文"),
        ("fusion: late", "融合：到达过迟"),
        ("misbehaviour: not-there", "异常行为：传感器未见该车"),
        ("air: RoadsideSafetyMessage ignored", "空口：忽略 RoadsideSafetyMessage"),
        ("signal: phase 4 lamp-frozen", "信号灯：相位 4 信号机倒计时停滞，该相位不可用"),
        ("rsm participants.speed_mps: out of range", "rsm participants.speed_mps：超出取值范围"),
        ("spat-not-encoded", "spat 未能编码"),
        ("a maker's own reason", "a maker's own reason"),
    ],
)
def test_a_counter_in_chinese(name: str, chinese: str) -> None:
    assert words(name) == (name, chinese)


def test_offences_and_adjustments_have_their_chinese() -> None:
    for name in (*OFFENCES, *get_args(Reason)):
        assert IDEOGRAPH.search(words(name).zh), name
