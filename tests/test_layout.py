"""The house's layout: folders are floors, each imports only modules below it. No exemptions.

Over all imports, those inside functions included; the import that breaks it is printed, file by file.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from rsu.site.dialects import DIALECTS
from tests.floors import FILES, FOLDERS, ROOT, Arrow, between, cycle, floors, imports
from tests.release.lock import LOCK, requirements

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
    "serial": ["hw/opening.py"],
    "paho": ["hw/mqtt.py", "hw/mqtt_client.py", "rsu/uplink/", "rsu/city/link.py", "sim/"],
    "asn1tools": ["codecs/v2x/"],
    "libsumo": ["sim/"],
    "onnx": ["rsu/lab/models/"],
    "dask": ["rsu/lab/computing.py"],
    "nats": ["rsu/city/distributed/"],
    "psycopg": ["rsu/city/distributed/"],
    "distributed": ["rsu/lab/computing.py"],
    "zmq": ["rsu/", "sim/"],
    "cv2": [
        "perception/calibration/",
        "perception/video/",
        "rsu/calibration/",
        "rsu/video/",
        "rsu/site/rules/video.py",
        "sim/video/",
    ],
}
PURE = [
    "codecs/v2x",
    "perception",
    "rsu/downlink/airing.py",
    "rsu/downlink/contents.py",
    "rsu/downlink/effects.py",
    "rsu/downlink/judge.py",
    "rsu/downlink/plan.py",
    "rsu/downlink/road.py",
    "rsu/downlink/road_contents.py",
    "rsu/downlink/says.py",
    "rsu/downlink/signature.py",
    "rsu/downlink/table.py",
    "rsu/messages",
    "rsu/station/broadcast.py",
    "rsu/station/checks",
    "rsu/station/gate.py",
    "rsu/station/guard",
    "rsu/station/outcome.py",
    "rsu/station/selection.py",
    "rsu/station/reporting.py",
    "rsu/station/signals.py",
    "rsu/station/station.py",
    "rsu/station/telling.py",
    "rsu/station/vehicles",
    "rsu/station/views.py",
    "rsu/uplink/dialect.py",
    *(row.maker.rpartition(".")[0].replace(".", "/") for row in DIALECTS.values()),
]
# folder -> its parts, from the ground up; parts on one floor do not import each other
ORDER = {
    "rsu": "core reasons manual < bus upgrade < site < access recording messages calibration < downlink < corridor"
    " recorder station video uplink < daemon errand replay bench exports < lab drill explain city < cli web",
    "perception": "objects sensor < algebra geo kernel results camera < tsai state < sensing scoring video"
    " < occlusion calibration < tracking < traffic < corridor events registration",
}
HIGHEST = 8  # floors of rsu/
IMPURE_MODULES = {"time", "socket", "threading", "asyncio", "subprocess", "select", "multiprocessing"}
TOP = {"rsu", "codecs", "perception", "hw", "configs", "sim", "tests"}
TOP_FILES = {"setup.cfg", "Makefile", "README.md", "pyproject.toml", ".gitignore"}


def _modules(path: Path) -> list[Path]:
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


def _imports(path: Path) -> list[str]:
    return [name for _, name in imports(path)]


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


def test_an_emulator_has_no_octets_from_a_driver() -> None:
    """It has a transcription of its own: octets made by the code under test would prove nothing."""
    emulators = [f for f in _modules(ROOT / "sim") if "    def capture(self" in f.read_text(encoding="utf-8")]
    assert len(emulators) > 10
    found = [(f.name, name) for f in emulators for name in _imports(f) if name.split(".")[0] == "hw"]
    assert [each for each in found if not each[1].startswith(("hw.endpoint", "hw.utc"))] == []


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


@pytest.mark.parametrize("folder", FOLDERS)
def test_nothing_imports_in_a_circle(folder: str) -> None:
    """Modules and folders that lie in one folder; a circle of modules anywhere is one of them."""
    assert "\n".join(map(str, cycle(between(folder)))) == ""


@pytest.mark.parametrize(("folder", "order"), ORDER.items())
def test_no_import_points_upwards(folder: str, order: str) -> None:
    height = {name: floor for floor, names in enumerate(order.split(" < ")) for name in names.split()}
    arrows = {pair: arrow for pair, arrow in between(folder).items() if "__init__" not in pair}
    assert {name for pair in arrows for name in pair} - height.keys() == set(), "which floor is it on?"
    upwards = [f"{arrow}: {a} is not above {b}" for (a, b), arrow in arrows.items() if height[a] <= height[b]]
    assert "\n".join(upwards) == ""


def test_the_house_is_low() -> None:
    house = floors(between("rsu"))
    assert max(house.values()) <= HIGHEST, sorted(house.items(), key=lambda each: each[1])


def test_a_circle_is_told_file_by_file() -> None:
    there, back = Arrow("rsu.core.log", 3, "rsu.bus.topics"), Arrow("rsu.bus.topics", 9, "rsu.core.log")
    assert cycle({("core", "bus"): there, ("bus", "core"): back, ("site", "bus"): there}) == [back, there]
    assert str(there) == "rsu/core/log.py:3 imports rsu.bus.topics"


def test_a_dialect_is_known_by_its_name_only() -> None:
    """One folder, one row: no module outside a dialect's folder imports it."""
    folders = [row.maker.rpartition(".")[0] for row in DIALECTS.values()]
    found = [
        (str(file.relative_to(ROOT)), name)
        for file in _modules(ROOT / "rsu")
        for name in _imports(file)
        for folder in folders
        if f"{name}.".startswith(f"{folder}.") and not file.is_relative_to(ROOT / folder.replace(".", "/"))
    ]
    assert found == []


def test_a_class_name_means_one_thing() -> None:
    """No two classes of the house have one name, whatever package they are in; and no module has over 250 lines."""
    places: dict[str, list[str]] = {}
    for module, file in FILES.items():
        text = file.read_text(encoding="utf-8")
        assert text.count("\n") <= 250, file
        for node in ast.parse(text).body:
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(module)
    assert {name: modules for name, modules in places.items() if len(modules) > 1} == {}


def test_a_module_of_tests_has_one_subject() -> None:
    """It is parted by subject beyond 300 lines (`tests/README.md`)."""
    lengths = {file: file.read_text(encoding="utf-8").count("\n") for file in (ROOT / "tests").rglob("*.py")}
    assert {str(file.relative_to(ROOT)): lines for file, lines in lengths.items() if lines > 300} == {}


def test_a_function_is_short() -> None:
    """No function of the product, its signature and docstring included, has over 40 lines."""
    found = {
        f"{file.relative_to(ROOT)}:{node.lineno} {node.name}": length
        for room in ROOMS.values()
        for file in _modules(room)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and (length := node.end_lineno - node.lineno + 1) > 40
    }
    assert found == {}


def test_top_level_is_fixed() -> None:
    shown = {p.name for p in ROOT.iterdir() if not p.name.startswith(".") and not p.name.endswith(".egg-info")}
    assert shown >= TOP
    assert shown - TOP - TOP_FILES - {"build"} == set()


def test_the_lock_holds_every_library_of_a_box() -> None:
    """`make lock` after every change of requirements."""
    locked = {line.split()[0] for line in LOCK.read_text(encoding="utf-8").splitlines()[1:] if "--hash=sha256:" in line}
    assert set(requirements()) - locked == set()


def test_every_package_is_named_in_setup_cfg() -> None:
    text = (ROOT / "setup.cfg").read_text(encoding="utf-8")
    packages = {line.strip() for line in text.split("packages =")[1].split("package_dir")[0].splitlines()} - {""}
    found = {
        ".".join((room, *file.parent.relative_to(folder).parts))
        for room, folder in ROOMS.items()
        for file in folder.rglob("__init__.py")
    }
    assert found == packages
