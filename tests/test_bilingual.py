"""Every row of words in `hw` and `rsu` says the same in both languages: same fields, same figures, in Chinese."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
FIELDS = re.compile(r"\{(?!s+\})[^{}]*\}")  # but the endings of English plurals
IDEOGRAPH = re.compile("[\u4e00-\u9fff]")
# the same in both languages: nothing but fields, signs, units, names of formats, of measures and of processes' memory
ALIKE = re.compile(r"(\{[^{}]*\}|JSON|GOSPA|MOTA|IDF1|HOTA|\b[mAB]\b|MiB|GiB|Errno|m/s2?|%|[ .,:;()\[\]/=-])*")


def rows() -> Iterator[tuple[str, list[str]]]:
    """Yield where each row stands, and its texts."""
    for file in sorted([*(ROOT / "hw").rglob("*.py"), *(ROOT / "rsu").rglob("*.py")]):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Detail":
                texts = [each.value for each in node.args if isinstance(each, ast.Constant)]
                if len(node.args) == len(texts) == 2:
                    yield f"{file.relative_to(ROOT)}:{node.lineno}", list(map(str, texts))


def test_rows_say_the_same_in_both_languages() -> None:
    found = list(rows())
    assert len(found) > 500
    for where, (english, chinese) in found:
        if ALIKE.fullmatch(english):
            continue
        assert IDEOGRAPH.search(chinese) or chinese in ("JSON", "ppm", "%", "Hz"), where
        named = [sorted(each for each in FIELDS.findall(text) if each[1].isalpha()) for text in (english, chinese)]
        assert named[0] == named[1], where
        assert len(FIELDS.findall(english)) == len(FIELDS.findall(chinese)), where
