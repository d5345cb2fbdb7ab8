"""The house's layout: who may import whom, and what stands at the top. No exemptions."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from rsu.site.dialects import DIALECTS

ROOT = Path(__file__).parents[1]
ROOMS = {
    "v2x": ROOT / "codecs" / "v2x",
    "perception": ROOT / "perception",
    "hw": ROOT / "hw",
    "sim": ROOT / "sim",
    "rsu": ROOT / "rsu",
}
ALLOWED = {
    "v2x": set(),
    "perception": set(),
    "hw": {"perception"},
    "rsu": {"hw", "perception", "v2x"},
    "sim": {"hw", "perception", "v2x"},
}
# library -> the only places that may import it
CONFINED = {
    "serial": ["hw/link.py"],
    "paho": ["rsu/uplink/", "sim/"],
    "asn1tools": ["codecs/v2x/"],
    "libsumo": ["sim/"],
    "zmq": ["rsu/", "sim/"],
    "cv2": ["perception/video/", "rsu/video/", "rsu/site/rules/video.py", "sim/video/"],
}
PURE = [
    "codecs/v2x",
    "perception",
    "rsu/messages",
    "rsu/station/broadcast.py",
    "rsu/station/checks",
    "rsu/station/gate.py",
    "rsu/station/guard",
    "rsu/station/outcome.py",
    "rsu/station/reporting.py",
    "rsu/station/scene.py",
    "rsu/station/signals.py",
    "rsu/station/station.py",
    "rsu/station/telling.py",
    "rsu/station/vehicles",
    "rsu/station/views.py",
    "rsu/uplink/dialect.py",
    *(module.rpartition(".")[0].replace(".", "/") for module in DIALECTS.values()),
]
IMPURE_MODULES = {"time", "socket", "threading", "asyncio", "subprocess", "select", "multiprocessing"}
TOP = {"rsu", "codecs", "perception", "hw", "configs", "sim", "tests"}
TOP_FILES = {"setup.cfg", "Makefile", "README.md", "pyproject.toml", ".gitignore"}


def _modules(path: Path) -> list[Path]:
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("room", ROOMS)
def test_imports_point_one_way(room: str) -> None:
    files = _modules(ROOMS[room])
    assert files, f"{room} is empty"
    forbidden = set(ROOMS) - ALLOWED[room] - {room}
    found = [(str(f.relative_to(ROOT)), name) for f in files for name in _imports(f) if name.split(".")[0] in forbidden]
    assert found == []


def test_hw_takes_only_the_vocabulary_from_perception() -> None:
    found = [
        (str(f.relative_to(ROOT)), name)
        for f in _modules(ROOMS["hw"])
        for name in _imports(f)
        if name.split(".")[0] == "perception" and not name.startswith("perception.objects")
    ]
    assert found == []


@pytest.mark.parametrize("library", CONFINED)
def test_libraries_stay_where_they_belong(library: str) -> None:
    users = [
        str(f.relative_to(ROOT))
        for room in ROOMS.values()
        for f in _modules(room)
        if any(name.split(".")[0] == library for name in _imports(f))
    ]
    assert users, f"nobody uses {library} any more"
    assert [user for user in users if not user.startswith(tuple(CONFINED[library]))] == []


@pytest.mark.parametrize("path", PURE)
def test_the_core_is_pure(path: str) -> None:
    files = _modules(ROOT / path)
    assert files
    found = [
        (str(f.relative_to(ROOT)), name) for f in files for name in _imports(f) if name.split(".")[0] in IMPURE_MODULES
    ]
    assert found == []


def _cycle(graph: dict[str, set[str]]) -> list[str]:
    done: set[str] = set()

    def visit(node: str, path: list[str]) -> list[str]:
        if node in path:
            return path[path.index(node) :]
        if node in done:
            return []
        for other in sorted(graph[node]):
            if found := visit(other, [*path, node]):
                return found
        done.add(node)
        return []

    return next((found for node in sorted(graph) if (found := visit(node, []))), [])


def test_no_import_cycles() -> None:
    names = {}
    for room, folder in ROOMS.items():
        for file in _modules(folder):
            parts = (room, *file.relative_to(folder).with_suffix("").parts)
            names[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    graph = {
        name: {found for target in _top_level_imports(file) if (found := _known(target, names)) and found != name}
        for name, file in names.items()
    }
    assert _cycle(graph) == []


def _top_level_imports(path: Path) -> Iterator[str]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _known(target: str, names: dict[str, Path]) -> str | None:
    """Return the module of ours that an import of `module.name` loads."""
    if target in names:
        return target
    parent = target.rpartition(".")[0]
    return parent if parent in names and names[parent].name != "__init__.py" else None


def test_a_dialect_is_known_by_its_name_only() -> None:
    """One folder, one row: no module outside a dialect's folder imports it."""
    folders = [module.rpartition(".")[0] for module in DIALECTS.values()]
    found = [
        (str(file.relative_to(ROOT)), name)
        for file in _modules(ROOT / "rsu")
        for name in _imports(file)
        for folder in folders
        if f"{name}.".startswith(f"{folder}.") and not file.is_relative_to(ROOT / folder.replace(".", "/"))
    ]
    assert found == []


def test_top_level_is_fixed() -> None:
    shown = {p.name for p in ROOT.iterdir() if not p.name.startswith(".") and not p.name.endswith(".egg-info")}
    assert shown >= TOP
    assert shown - TOP - TOP_FILES - {"build"} == set()


def test_every_package_is_named_in_setup_cfg() -> None:
    text = (ROOT / "setup.cfg").read_text(encoding="utf-8")
    packages = {line.strip() for line in text.split("packages =")[1].split("package_dir")[0].splitlines()} - {""}
    found = {
        ".".join((room, *file.parent.relative_to(folder).parts))
        for room, folder in ROOMS.items()
        for file in folder.rglob("__init__.py")
    }
    assert found == packages
