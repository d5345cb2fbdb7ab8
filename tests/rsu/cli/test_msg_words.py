"""The codec's verdicts on octets are told in Chinese too, where that is the language of the locale."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from rsu.cli.msg.words import told
from tests.rsu.cli.test_cli import rsu

CODEC = Path(__file__).parents[3] / "codecs" / "v2x"
FILES = ("dsmp.py", "explain.py", "sanity.py", "engine/plain/reader.py", "engine/plain/reading.py")
SAYING = ("DecodeError", "violation", "Oddity", "_fail")
IDEOGRAPH = re.compile("[\u4e00-\u9fff]")


def _text(node: ast.AST) -> str | None:
    """Return a text with 7 for each figure; None: no text of several words."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        text = node.value
    elif isinstance(node, ast.JoinedStr):
        text = "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in node.values)
    else:
        return None
    return text if re.search(r"[a-z]+ [a-z]+", text) else None


def _said(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        parts: list[ast.expr] = []
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in SAYING:
            parts = node.args
        elif isinstance(node, ast.Yield) and node.value is not None and file.name == "sanity.py":
            parts = [node.value]
        yield from (text for part in parts if (text := _text(part)) is not None)


def test_the_codecs_texts_have_their_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    found = {text for file in FILES for text in _said(CODEC / file)}
    assert len(found) > 20
    assert sorted(text for text in found if not IDEOGRAPH.search(told(text))) == []
    assert told("bsmFrame.speed: expected an integer between 0 and 8191, got 9000 (bit 12)") == (
        "bsmFrame.speed：整数应在 0 与 8191 之间，实为 9000（第 12 位）"
    )


def test_octets_explained_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    done = rsu("msg", "explain", "00148040")
    assert "来源     argument" in done.stdout and "拒绝：" in done.stdout and "位数  字段" in done.stdout
    assert "应为十六进制的消息" in rsu("msg", "decode", "no hex").stderr
