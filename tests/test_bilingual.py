"""Every row of words in `hw` and `rsu` says the same in both languages: same fields, same figures, in Chinese."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
SENTENCE = re.compile(r"[A-Za-z]{3,} [a-z]{2,}")  # two words
# calls and names whose texts are rows, or have their Chinese in `chinese.yaml`
ROWS = ("Detail", "Option", "Argument", "_Year")
HELP = ("EXAMPLES", "HELP", "_TRUTH", "_HEADS", "_CODECS")
LEFT = {"no site file was named, and no daemon runs\n"}  # a file for support, whose readers are the makers
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


def _in_rows(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield the nodes in rows, in help, and in docstrings."""
    for node in ast.walk(tree):
        called = isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in ROWS
        named = isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in HELP
        if called or named:
            yield from ast.walk(node)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value


def test_commands_say_nothing_in_english_alone() -> None:
    found = {}
    for file in sorted((ROOT / "rsu" / "cli").rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        known = {id(node) for node in _in_rows(tree)}
        texts = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in known)
        said = [text.value for text in texts if isinstance(text.value, str) and SENTENCE.search(text.value)]
        if left := set(said) - LEFT:
            found[str(file.relative_to(ROOT))] = left
    assert found == {}


def _raised(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the texts that errors are raised with, written there: no rows."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
            first = node.exc.args[0]
            parts = first.values if isinstance(first, ast.JoinedStr) else [first]
            text = " ".join(str(each.value) for each in parts if isinstance(each, ast.Constant))
            if SENTENCE.search(text):
                yield node.lineno, text


def test_errors_of_the_lab_are_said_in_both_languages() -> None:
    found = {
        f"{file.relative_to(ROOT)}:{line}": text
        for file in sorted((ROOT / "rsu" / "lab").rglob("*.py"))
        for line, text in _raised(ast.parse(file.read_text(encoding="utf-8")))
    }
    assert found == {}
