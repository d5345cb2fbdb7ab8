"""The bench world: live and recorded are the same, plausible, and published on time."""

import platform
import signal
import subprocess
import sys
import time
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pytest
import zmq

from perception.objects import RoadUser
from sim import recorded, signals
from sim.frames import PERIOD_NS, SOCKET, TOPIC, WorldFrame, at, decode, encode

ARRAYS = ("id", "kind", "position_m", "velocity_mps", "heading_deg", "size_m", "equipped")
NO_SUMO = "import sys, runpy; sys.modules['libsumo'] = None; runpy.run_module('sim.world', run_name='__main__')"


@pytest.fixture(scope="module")
def frames() -> list[WorldFrame]:
    return list(islice(recorded.frames(), recorded.FRAMES + 10))


def assert_same(one: WorldFrame, other: WorldFrame) -> None:
    assert (one.stamp_ns, one.signals, one.cycle_s) == (other.stamp_ns, other.signals, other.cycle_s)
    for name in ARRAYS:
        first, second = getattr(one, name), getattr(other, name)
        assert first.dtype == second.dtype
        assert np.array_equal(first, second), f"{name} at {one.stamp_ns}"


@pytest.mark.skipif(platform.machine() != "x86_64", reason="recorded on x86-64: other machines round differently")
def test_the_live_world_is_the_recorded_one_to_the_last_bit(frames: list[WorldFrame]) -> None:
    traffic = pytest.importorskip("sim.traffic", reason="libsumo is not installed", exc_type=ImportError)
    for live, kept in zip(traffic.frames(recorded.SEED), frames[: recorded.FRAMES], strict=False):
        assert_same(live, kept)


def test_the_recording_is_small() -> None:
    assert recorded.PATH.stat().st_size < 3_000_000


def test_a_recording_reads_back(tmp_path: Path) -> None:
    scenes = [(np.full((n, 11), n, dtype=np.int32), f"{n}rG") for n in (2, 0, 3)]
    recorded.write(tmp_path / "w.npz", scenes)
    for (rows, state), (kept, kept_state) in zip(scenes, recorded.read(tmp_path / "w.npz"), strict=True):
        assert state == kept_state
        assert np.array_equal(rows, kept)


def test_the_loop_goes_on_with_new_ids(frames: list[WorldFrame]) -> None:
    first, again = frames[0], frames[recorded.FRAMES]
    assert np.array_equal(first.position_m, again.position_m)
    assert set(again.id.tolist()).isdisjoint(i for frame in frames[: recorded.FRAMES] for i in frame.id.tolist())
    assert (again.stamp_ns, again.cycle_s) == (recorded.FRAMES * PERIOD_NS, first.cycle_s)
    assert again.signals == first.signals


def test_signals_follow_the_plan(frames: list[WorldFrame]) -> None:
    plan = signals.load()
    for number, frame in enumerate(frames):
        assert frame.cycle_s == number % 600 / 10
        assert frame.signals == plan.state(frame.cycle_s), f"{frame.cycle_s} s into the cycle"


def test_who_is_there(frames: list[WorldFrame]) -> None:
    counts = [len(frame.id) for frame in frames]
    assert 40 <= np.mean(counts) <= 60
    kinds = set(np.concatenate([frame.kind for frame in frames]).tolist())
    assert kinds == {RoadUser.CAR, RoadUser.TRUCK, RoadUser.BUS, RoadUser.BICYCLE, RoadUser.PEDESTRIAN}
    everybody = {int(i): (int(k), int(e)) for f in frames for i, k, e in zip(f.id, f.kind, f.equipped, strict=True)}
    cars = [equipped for kind, equipped in everybody.values() if kind == RoadUser.CAR]
    assert 0.2 < np.mean(cars) < 0.45
    assert not any(equipped for kind, equipped in everybody.values() if kind != RoadUser.CAR)


def test_nobody_jumps_and_velocity_is_the_way_made(frames: list[WorldFrame]) -> None:
    for before, after in pairwise(frames[: recorded.FRAMES]):
        _, old, new = np.intersect1d(before.id, after.id, return_indices=True)
        way = (after.position_m[new] - before.position_m[old]) / 0.1
        assert np.abs(way - after.velocity_mps[new]).max() < 0.02  # both are rounded to mm
        walks = after.kind[new] == RoadUser.PEDESTRIAN
        speed = np.hypot(way[:, 0], way[:, 1])
        assert speed.max() < 17
        assert speed[walks].max(initial=0) < 3.2
        moving = ~walks & (speed > 3)
        turn = np.degrees(np.arctan2(way[:, 0], way[:, 1])) - after.heading_deg[new]
        assert np.abs((turn[moving] + 180) % 360 - 180).max(initial=0) < 20


def test_vehicles_wait_behind_the_stop_line_at_red(frames: list[WorldFrame]) -> None:
    link = next(g.link for g in signals.load().lamps if (g.arm, g.movement) == ("north", "straight"))
    waiting = [
        (frame.position_m[row, 1] - frame.size_m[row, 0] / 2)
        for frame in frames
        if frame.signals[link] == "r"
        for row in np.flatnonzero((frame.kind != RoadUser.PEDESTRIAN) & (np.abs(frame.position_m[:, 0] + 3.25) < 1))
        if 20 < frame.position_m[row, 1] < 60 and np.hypot(*frame.velocity_mps[row]) < 0.05
    ]
    assert waiting
    assert 23.6 < min(waiting) < 26, "front bumper against the stop line at 23.63 m"


def test_frames_travel_and_interpolate(frames: list[WorldFrame]) -> None:
    assert_same(decode(encode(frames[5])), frames[5])
    middle = at(frames[5], frames[6], frames[5].stamp_ns + PERIOD_NS // 2)
    _, old, new = np.intersect1d(frames[5].id, frames[6].id, return_indices=True)
    assert np.allclose(middle.position_m, (frames[5].position_m[old] + frames[6].position_m[new]) / 2)


@pytest.mark.parametrize("world", ["live", "no-sumo", "recorded"])
def test_the_process_publishes_ahead_of_time_and_ends_at_once(world: str, tmp_path: Path) -> None:
    start = ["-c", NO_SUMO] if world == "no-sumo" else ["-m", "sim.world"]
    if world == "live":
        pytest.importorskip("libsumo")
    arguments = ["--run", str(tmp_path), "--source", "recorded" if world == "recorded" else "sumo"]
    process = subprocess.Popen([sys.executable, *start, *arguments], stderr=subprocess.PIPE, text=True)
    with zmq.Context() as context, context.socket(zmq.SUB) as socket:
        socket.connect(f"ipc://{tmp_path}/{SOCKET}")
        socket.subscribe(TOPIC)
        stamps, ahead_ms = [], []
        for _ in range(6):
            assert socket.poll(10_000), "no frame"
            stamps.append(decode(socket.recv_multipart()[1]).stamp_ns)
            ahead_ms.append((stamps[-1] - time.time_ns()) / 1e6)
    process.send_signal(signal.SIGINT if world == "live" else signal.SIGTERM)
    _, said = process.communicate(timeout=10)  # SUMO closes first; the limit is for a process that hangs
    assert process.returncode == 0
    assert np.diff(stamps).tolist() == [PERIOD_NS] * 5
    assert all(stamp % PERIOD_NS == 0 for stamp in stamps)
    assert 50 < np.median(ahead_ms) <= 100
    assert ("SUMO is not available" in said) == (world == "no-sumo")
