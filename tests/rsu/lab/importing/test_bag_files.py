"""Rosbags as people send them: compressed, without their metadata, cut, damaged."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
import zstandard

from rsu.core.exits import Exit
from tests.rsu.lab.importing.bags import BAG, write_bag
from tests.rsu.lab.importing.samples import Import


def packed(path: Path, way: str) -> Path:
    """Return a bag as people send it."""
    file = path if path.is_file() else next(path.glob("*.db3"))
    octets = file.read_bytes()
    made = {
        "gz": (f"x{file.suffix}.gz", gzip.compress(octets)),
        "zstd": (f"x{file.suffix}.zstd", zstandard.compress(octets)),
        "upper": (f"X{file.suffix.upper()}", octets),
        "bare": (f"x{file.suffix}", octets),
    }
    if way == "folder":
        (path / "metadata.yaml").unlink()
        return path
    name, content = made[way]
    (path.parent / name).write_bytes(content)
    return path.parent / name


@pytest.mark.parametrize(
    ("version", "way"),
    [(1, "gz"), (1, "zstd"), (1, "upper"), (2, "gz"), (2, "zstd"), (2, "upper"), (2, "bare"), (2, "folder")],
)
def test_bags_as_people_send_them(imported: Import, tmp_path: Path, version: int, way: str) -> None:
    path = packed(write_bag(tmp_path / ("a.bag" if version == 1 else "a"), version), way)
    summary = imported(path, BAG.replace("OBJECTS", "/tracks").replace("POINTS", "/scan"))
    assert summary["frames"] == {"camera-east": 5, "radar-north": 5, "gnss": 5}


def test_a_compressed_bag_that_is_damaged_is_refused(imported: Import, tmp_path: Path) -> None:
    (tmp_path / "a.bag.gz").write_bytes(gzip.compress(b"no bag" * 99)[:-20] + bytes(20))
    said = imported(tmp_path / "a.bag.gz", BAG.replace("OBJECTS", "/a").replace("POINTS", "/b"), Exit.DAMAGED)["said"]
    assert "a.bag.gz" in said


def test_a_bag_without_the_topic_says_what_it_has(imported: Import, tmp_path: Path) -> None:
    (path,) = write_bag(tmp_path / "a", 2).glob("*.db3")  # the file alone will do
    said = imported(path, "streams: [{device: gnss, topic: /gps}]", Exit.DAMAGED)["said"]
    assert "no topic /gps" in said and "/fix" in said


@pytest.mark.parametrize("version", [1, 2])
def test_a_bag_that_was_cut_is_refused_or_read(imported: Import, tmp_path: Path, version: int) -> None:
    path = write_bag(tmp_path / ("a.bag" if version == 1 else "a"), version)
    file = path if version == 1 else next(path.glob("*.db3"))
    data = file.read_bytes()
    for share in (0.1, 0.5, 0.9):
        file.write_bytes(data[: round(len(data) * share)])
        assert "a" in imported(path, BAG.replace("OBJECTS", "/boxes").replace("POINTS", "/cloud"), Exit.DAMAGED)["said"]
