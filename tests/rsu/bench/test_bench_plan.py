"""The run folder of a demo: emptied for the next one, but for recordings that a person or an event has marked."""

from __future__ import annotations

import gzip
import os
from functools import partial
from pathlib import Path

import pytest

from hw.registry import DRIVERS
from rsu.bench import kept, plan
from rsu.bench.plan import plan_of, with_mixed_devices
from rsu.lab import truth_file
from rsu.recorder import shelf
from rsu.recording.writer import PART
from rsu.site import config
from sim.bench import load
from sim.truth_writer import HEAD


def test_marked_recordings_outlive_the_next_demo(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "run"
    plan.prepare(folder)
    recordings = folder / "data" / "recordings"
    recordings.mkdir(parents=True)
    for name in ("a.mcap", "a.mcap.keep", "b.mcap", "c.mcap.part", "c.mcap.keep"):
        (recordings / name).write_text(name)
    for _ in range(2):  # and the demo after the next
        plan.prepare(folder)
        found = {path.name: path.read_text() for path in (folder / kept.KEPT).iterdir()}
        assert found == {name: name for name in ("a.mcap", "a.mcap.keep", "c.mcap.part", "c.mcap.keep")}
        assert not recordings.exists()
    assert f"2, are in {folder / kept.KEPT}" in capsys.readouterr().err


def test_a_kept_recording_takes_the_truth_of_its_time_along(tmp_path: Path) -> None:
    """Of two files of truth, one of which was never ended; rows before and behind the recording stay away."""
    folder, second = tmp_path / "run", 1_000_000_000
    begin_ns = 1_795_392_000 * second
    plan.prepare(folder)
    (folder / "data/recordings").mkdir(parents=True)
    (folder / "truth").mkdir()
    row = ",7,car,1.0,2.0,3.0,90.0,4.5,1.8,1.5\n"
    for first_ns in (begin_ns - 60 * second, begin_ns + 5 * second):
        stamps = range(first_ns, first_ns + 65 * second, second)
        text = gzip.compress((HEAD + "".join(f"{stamp}{row}" for stamp in stamps)).encode())
        (folder / "truth" / f"{first_ns}.csv.gz").write_bytes(text if first_ns < begin_ns else text[:-8])
    recording = folder / "data/recordings" / shelf.name(begin_ns, "0123456789")
    recording.write_bytes(b"")
    os.utime(recording, ns=(begin_ns, begin_ns + 20 * second))
    recording.with_name(recording.name + shelf.MARK).write_bytes(b"")
    plan.prepare(folder)
    assert not (folder / "truth").exists()
    found = truth_file.beside(folder / kept.KEPT / (recording.name + PART))
    assert found == truth_file.beside(folder / kept.KEPT / recording.name)
    assert found.name == f"{recording.stem}.truth.csv.gz"
    lines = gzip.decompress(found.read_bytes()).decode().splitlines()
    assert len(lines) == 1 + 23 and lines[0] + "\n" == HEAD
    assert lines[1].startswith(str(begin_ns - second)) and lines[-1].startswith(str(begin_ns + 21 * second))


def test_the_mixed_demo_has_one_device_of_each_kind(tmp_path: Path) -> None:
    made = plan_of(tmp_path, "127.0.0.9", "recorded", 7, change=with_mixed_devices)
    assert [each.text for each in config.check(made.site) if each.level == "error"] == []
    site, bench = config.load(made.site).site, load(made.bench)
    assert {device.kind for device in site.devices.values()} >= set(DRIVERS)
    assert set(bench.emulators) == set(site.devices), "each has its emulator"
    assert "127.0.0.1" not in made.site.read_text(encoding="utf-8") + made.bench.read_text(encoding="utf-8")


def test_a_demo_with_a_network_has_a_site_file_of_its_own(tmp_path: Path) -> None:
    model = tmp_path / "network.onnx"
    model.write_bytes(b"not read before the camera's process begins")
    made = config.load(plan.plan_of(tmp_path, "127.0.0.1", "sumo", 7, change=partial(plan.with_network, model)).site)
    shipped = config.load(plan.CONFIGS / "demo.yaml")
    camera, usual = (each.site.devices["video-north"].video for each in (made, shipped))
    assert camera is not None and usual is not None and camera.onnx is not None
    assert camera.onnx.model == model and camera.model_copy(update={"onnx": None}) == usual
    assert made.site.sensors == shipped.site.sensors
