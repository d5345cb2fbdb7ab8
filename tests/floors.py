"""The house as a graph: which of our modules imports which, and the arrows between folders. For `test_layout.py`."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
SOURCES = {"v2x": ROOT / "codecs", "perception": ROOT, "hw": ROOT, "sim": ROOT, "rsu": ROOT}


class Arrow(NamedTuple):
    """One import: at `line` of the importing module's file, wherever in it, functions included."""

    module: str
    line: int
    imported: str

    def __str__(self) -> str:
        return f"{FILES[self.module].relative_to(ROOT)}:{self.line} imports {self.imported}"


def _name(source: Path, file: Path) -> str:
    parts = file.relative_to(source).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {
    _name(source, file): file for room, source in SOURCES.items() for file in sorted((source / room).rglob("*.py"))
}


@cache
def imports(file: Path) -> tuple[tuple[int, str], ...]:
    """Return the line and the full name of everything that a file imports."""
    return tuple(_imports(file))


def _imports(file: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: relative import"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def _known(name: str) -> str | None:
    """Return the module of ours that an import of `name` asks for; None: it is none of ours."""
    return name if name in FILES else parent if (parent := name.rpartition(".")[0]) in FILES else None


ARROWS = [
    Arrow(module, line, imported)
    for module, file in FILES.items()
    for line, name in imports(file)
    if (imported := _known(name)) is not None and imported != module
]
FOLDERS = sorted({parent for module in FILES if (parent := module.rpartition(".")[0])})


def between(folder: str) -> dict[tuple[str, str], Arrow]:
    """Return, for each two modules or folders that lie in a folder, one import of the second by the first."""
    found: dict[tuple[str, str], Arrow] = {}
    for arrow in ARROWS:
        inner, outer = _child(folder, arrow.module), _child(folder, arrow.imported)
        if inner and outer and inner != outer:
            found.setdefault((inner, outer), arrow)
    return found


def _child(folder: str, module: str) -> str:
    """Return the part of a folder in which a module lies; empty: elsewhere. The folder itself: its `__init__`."""
    if module == folder:
        return "__init__"
    return module.removeprefix(f"{folder}.").split(".")[0] if module.startswith(f"{folder}.") else ""


def cycle(arrows: dict[tuple[str, str], Arrow]) -> list[Arrow]:
    """Return the imports round a cycle; empty: there is none."""
    done: set[str] = set()

    def visit(place: str, path: list[str]) -> list[Arrow]:
        if place in path:
            ring = [*path[path.index(place) :], place]
            return [arrows[step] for step in pairwise(ring)]
        if place not in done:
            for following in sorted(b for a, b in arrows if a == place):
                if found := visit(following, [*path, place]):
                    return found
        done.add(place)
        return []

    return next((found for place in sorted({a for a, _ in arrows}) if (found := visit(place, []))), [])


def floors(arrows: Iterable[tuple[str, str]]) -> dict[str, int]:
    """Return the floor of every place of a graph without cycles: 1 imports none of the others."""
    below: dict[str, set[str]] = {}
    for upper, lower in arrows:
        below.setdefault(upper, set()).add(lower)
        below.setdefault(lower, set())
    found: dict[str, int] = {}

    def floor(place: str) -> int:
        if place not in found:
            found[place] = 1 + max(map(floor, below[place]), default=0)
        return found[place]

    for place in below:
        floor(place)
    return found
