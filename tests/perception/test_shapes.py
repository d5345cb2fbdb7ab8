"""Every function of perception that takes or returns arrays says their shapes in its docstring."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOM = Path(__file__).parents[2] / "perception"
_SIZE = r"(?:\w+|\.\.\.)(?: [+*] \w+)*"
SHAPE = re.compile(rf"\({_SIZE},(?: {_SIZE},?)*\)")  # (n,), (n, 2), (..., 2), (sensors + 1,)
MODULES = sorted(ROOM.rglob("*.py"))


def aliases() -> set[str]:
    """Return the names of array types: NDArray, and the modules' own names of its kinds."""
    alias = re.compile(r"^(\w+)(?:: TypeAlias)? = NDArray\[", re.M)
    return {"NDArray", "ArrayLike"}.union(
        *(alias.findall(path.read_text(encoding="utf-8")) for path in ROOM.rglob("*.py"))
    )


def annotations_of(function: ast.FunctionDef) -> Iterator[ast.expr]:
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg]
    yield from (each.annotation for each in every if each is not None and each.annotation is not None)
    if function.returns is not None:
        yield function.returns


@pytest.mark.parametrize("path", MODULES, ids=[str(path.relative_to(ROOM)) for path in MODULES])
def test_arrays_have_shapes_in_the_docstrings(path: Path) -> None:
    kinds, silent = aliases(), []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            names = {each.id for one in annotations_of(node) for each in ast.walk(one) if isinstance(each, ast.Name)}
            if names & kinds and not SHAPE.search(ast.get_docstring(node) or ""):
                silent.append(f"{node.name}, line {node.lineno}")
    assert silent == []


def test_the_array_types_are_found() -> None:
    assert {"Floats", "Ints", "Mask", "NDArray"} <= aliases()


@pytest.mark.parametrize("text", ["(n,)", "(n, 2)", "(..., 2)", "(sensors + 1,)", "(2, n)"])
def test_what_is_a_shape(text: str) -> None:
    assert SHAPE.search(f"Return places {text} m.")
    assert not SHAPE.search(f"Return places {text[1:-1]} m (see there).")
