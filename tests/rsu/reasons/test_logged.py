"""Every event that the code logs has its Chinese."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from rsu.reasons import logged

ROOT = Path(__file__).parents[3]
IDEOGRAPH = re.compile("[\u4e00-\u9fff]")


def events() -> Iterator[str]:
    """Yield the events in the calls of loggers."""
    for file in [*(ROOT / "rsu").rglob("*.py"), *(ROOT / "hw").rglob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                logger, first = node.func.value, node.args[0]
                if isinstance(logger, ast.Name) and logger.id == "_log" and isinstance(first, ast.Constant):
                    yield str(first.value)


def test_every_event_has_its_chinese_and_every_row_an_event() -> None:
    found = set(events())
    assert len(found) > 40
    assert sorted(name for name in found if not IDEOGRAPH.search(logged.event(name, "zh"))) == []
    rows = {row.en for row in logged.EVENTS if "{}" not in row.en and "-" not in row.en}
    assert sorted(rows - found) == []


def test_a_line_in_chinese() -> None:
    assert logged.event("device radar-north", "zh") == "设备 radar-north"
    assert logged.value("lost", "zh") == "失联"
    assert logged.value("lost", "en") == "lost"
    assert logged.value("Connection refused", "zh") == "连接被拒绝"
