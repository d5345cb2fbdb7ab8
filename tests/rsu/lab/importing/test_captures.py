"""Bytes of one device as it sent them: to its driver as they are, at the times that they say."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw import nmea
from hw.bytelog import from_lines
from hw.radar.ti_frames import LAYOUTS, TiFrame, encode
from hw.radar.ti_types import POINTS
from perception.objects import Detections, Fix, PointCloud
from rsu.core.exits import Exit
from rsu.lab.importing.captures import _camera, _gnss, _radar_frames
from rsu.recording import reader
from tests.hw import replay
from tests.rsu.lab.importing.samples import BEGIN_NS, Import, measurements

GNSS = "streams: [{device: gnss, format: bytes}]"
RADAR = 'streams: [{device: radar-north, format: bytes, begin: "2025-10-09T08:53:20Z"}]'  # BEGIN_NS
CAMERA = "streams: [{device: camera-east, format: bytes}]"
DAY_NS = 1_795_392_000 * 10**9  # 2026-11-23


def logged(kind: str, name: str) -> bytes:
    """Return the bytes of a golden log, as a terminal program would have written them."""
    (path,) = (each for each in replay.logs(kind) if each.stem == name)
    with path.open(encoding="utf-8") as lines:
        return b"".join(entry.data for entry in from_lines(lines))


def raw(path: Path, device: str) -> bytes:
    return b"".join(
        read.data for tape in reader.ticks(path) for one in tape.rounds for read in one.reads if read.device == device
    )


@pytest.mark.parametrize("name", ["nmea", "mixed", "habits"])
def test_a_receivers_file_gives_what_the_receiver_gave(imported: Import, site: Path, tmp_path: Path, name: str) -> None:
    data = logged("gnss", name)
    (tmp_path / "a.nmea.gz").write_bytes(gzip.compress(data))
    imported(tmp_path / "a.nmea.gz", GNSS)
    assert raw(tmp_path / "o.mcap", "gnss") == data
    found = [one for one in measurements(tmp_path / "o.mcap", site) if isinstance(one, Fix)]
    (path,) = (each for each in replay.logs("gnss") if each.stem == name)
    with path.open(encoding="utf-8") as lines:
        told = [one for one in replay.play(replay.make_driver("gnss"), from_lines(lines)) if isinstance(one, Fix)]
    wanted = {(one.stamp_ns, one.kind, one.latitude_deg) for one in told if one.valid}
    assert len(found) > 5 and wanted <= {(one.stamp_ns, one.kind, one.latitude_deg) for one in found}
    assert all(one.receipt_ns - one.stamp_ns == 60_000_000 for one in found if one.valid)


def test_a_time_of_day_behind_midnight_is_of_the_next_day() -> None:
    fields = "A,2232.586,N,11403.474,E,0.0,,221126,,,A"
    texts = [f"GNRMC,235959.00,{fields}", "GNGGA,000000.00,2232.586,N,11403.474,E,1,12,0.8,20,M,-3,M,,"]
    chunks = [*_gnss(b"".join(map(nmea.encode, texts)))]
    assert [chunk.stamp_ns for chunk in chunks] == [DAY_NS - 10**9, DAY_NS]


def test_a_capture_of_a_radar_keeps_the_radars_pace(imported: Import, site: Path, tmp_path: Path) -> None:
    """Four frames, of which one is missing and one is damaged: 50 ms each by the profile."""
    rows = np.ones(2, LAYOUTS[POINTS])
    numbers = [11, 12, 14, 15, 16]
    sent = [encode(TiFrame(number, 0, {POINTS: rows})) for number in numbers]
    data = b"half a frame" + b"".join([*sent[:3], sent[3][:50], sent[4]])
    (tmp_path / "xwr.dat").write_bytes(data)
    imported(tmp_path / "xwr.dat", RADAR)
    assert raw(tmp_path / "o.mcap", "radar-north") == data
    found = [one for one in measurements(tmp_path / "o.mcap", site) if isinstance(one, PointCloud)]
    period_ns = 100_000_000
    assert [round((one.receipt_ns - BEGIN_NS) / period_ns) for one in found] == [1, 2, 4, 6]


def test_lines_of_a_camera_have_their_times(imported: Import, site: Path, tmp_path: Path) -> None:
    data = logged("camera-json", "positions")
    (tmp_path / "a.log").write_bytes(data)
    imported(tmp_path / "a.log", CAMERA)
    assert raw(tmp_path / "o.mcap", "camera-east") == data
    assert sum(isinstance(one, Detections) for one in measurements(tmp_path / "o.mcap", site)) > 10


@pytest.mark.parametrize(("mapping", "said"), [
    (RADAR.replace(', begin: "2025-10-09T08:53:20Z"', ""), "say `begin`"),
    (RADAR, "expected frames that begin with 02 01 04 03"),
    (GNSS, "expected RMC, ZDA or a dated NAV-PVT"),
    (CAMERA, 'expected lines of JSON with "time"'),
    (GNSS.replace("gnss", "radio"), "not of a radio-agent"),
])  # fmt: skip
def test_bytes_without_times_are_refused_with_what_is_missing(
    imported: Import, tmp_path: Path, mapping: str, said: str
) -> None:
    (tmp_path / "a.bin").write_bytes(b"nothing of the kind")
    assert said in imported(tmp_path / "a.bin", mapping, Exit.DAMAGED)["said"]


@given(st.integers(0, 1 << 32), st.sampled_from(["gnss", "camera", "radar"]))
def test_no_octet_is_lost_or_changed(seed: int, kind: str) -> None:
    chance = random.Random(seed)
    whole = {
        "gnss": lambda: logged("gnss", "mixed"),
        "camera": lambda: logged("camera-json", "positions"),
        "radar": lambda: logged("ti-mmwave", "tracking"),
    }[kind]()
    start = chance.randrange(len(whole))
    data = bytearray(whole[start : start + 6000])
    for _ in range(chance.randrange(4)):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    split = {"gnss": _gnss, "camera": _camera, "radar": lambda octets: _radar_frames(octets, BEGIN_NS, 50_000_000)}
    chunks = [*split[kind](bytes(data))]
    assert b"".join(chunk.data for chunk in chunks) == bytes(data) or (kind == "radar" and not chunks)
    assert [chunk.at for chunk in chunks] == sorted({chunk.at for chunk in chunks})
