"""Docstrings and comments name their subject by a noun: road user, track, device, message, operator.

Words that stand for an unnamed thing or person (`NAMELESS`) make the reader search for it; they are refused.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("perception", "hw", "codecs", "rsu", "sim", "tests")
NAMELESS = re.compile(
    r"\b(what|who|whom|whoever|somebody|someone|nobody|anybody|anyone|everybody|everyone)\b", re.IGNORECASE
)
ROWS = ("Detail", "EventRow", "_term")
KEPT = {"nothing of what it says is understood: "}  # in records of the golden recordings
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def words_of(source: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of all docstrings and comments, with their numbers."""
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node) is not None:
            first = node.body[0]
            yield from enumerate(lines[first.lineno - 1 : first.end_lineno], first.lineno)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def nameless(source: str) -> list[str]:
    if not NAMELESS.search(source):
        return []  # most files: they need no parser
    return [f"line {number}: {text.strip()}" for number, text in words_of(source) if NAMELESS.search(text)]


@pytest.mark.parametrize("room", ROOMS)
def test_docstrings_and_comments_name_their_subject(room: str) -> None:
    found = {
        str(path.relative_to(ROOT)): lines
        for path in sorted((ROOT / room).rglob("*.py"))
        if (lines := nameless(path.read_text(encoding="utf-8")))
    }
    assert found == {}


def _texts(source: str) -> Iterator[tuple[int, str]]:
    """Yield the English texts of rows and the meanings of options, without the names of their fields."""
    if not NAMELESS.search(source):
        return
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = getattr(node.func, "attr", getattr(node.func, "id", ""))
        parts = node.args[:1] if called in ROWS else [each.value for each in node.keywords if each.arg == "help"]
        for part in parts:
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield part.lineno, re.sub(r"\{[^}]*\}", "", part.value)


def test_texts_for_users_name_their_subject() -> None:
    found = {
        f"{path.relative_to(ROOT)}:{number}": text
        for room in ("hw", "rsu")
        for path in sorted((ROOT / room).rglob("*.py"))
        for number, text in _texts(path.read_text(encoding="utf-8"))
        if NAMELESS.search(text) and text not in KEPT
    }
    assert found == {}


def test_words_without_a_noun_are_found() -> None:
    source = 'def f():\n    """Return what is there."""\n    return "who"  # Nobody reads it\n'
    assert nameless(source) == ['line 2: """Return what is there."""', "line 3: # Nobody reads it"]
