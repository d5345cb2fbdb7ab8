"""Emulated devices in processes of their own, on real ptys and sockets, killed and started again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest

from hw import device
from hw.bytelog import from_lines
from hw.device import Device
from hw.registry import driver_class
from hw.rounds import poll
from perception.objects import Detections, RoadUser
from sim.bench import CameraSpec, CanRadarSpec, RadarSpec, SensorSpec, load
from sim.emulate import ALREADY_RUNNING, INVALID_CONFIG
from sim.openings import TcpServer
from sim.ports import open_port
from sim.sensing import to_sensor
from tests.hw import replay
from tests.sim.emul_scene import User, World, frame, free_ports, own_bench, start

MS = 1_000_000
USERS = [
    User(1, RoadUser.CAR, (-2.0, 20.0), (0.0, 5.0)),
    User(2, RoadUser.TRUCK, (9.0, 80.0), (0.0, -8.0), (9.0, 2.5, 3.4)),
    User(3, RoadUser.PEDESTRIAN, (-15.0, 30.0), (1.2, 0.0), (0.4, 0.5, 1.7)),
]


@pytest.fixture
def processes() -> Iterator[list[subprocess.Popen[bytes]]]:
    running: list[subprocess.Popen[bytes]] = []
    yield running
    for process in running:
        process.kill()
        process.wait()


def make_device(kind: str, name: str, folder: Path, link: Mapping[str, object]) -> Device:
    found = driver_class(kind)
    settings = found.Settings.model_validate({**replay.SETTINGS[kind], "silence_ms": 700, **link})
    return device.build(name, kind, settings, folder, time.time_ns)


def serve(one: Device, until: Callable[[list[Detections]], object], limit_s: float = 5.0) -> list[Detections]:
    """Poll the device until its scans are as wanted."""
    scans: list[Detections] = []
    end = time.monotonic() + limit_s
    while not until(scans):
        assert time.monotonic() < end, (len(scans), one.health(time.time_ns()))
        scans += [found for found in poll([one], 0.01, time.time_ns) if isinstance(found, Detections)]
    return scans


def check(scans: list[Detections], spec: SensorSpec, period_ns: int, world: World, late_ms: int = 3) -> None:
    """Compare scans with the truth at their stamps, and their stamps with the captures.

    `late_ms`: by so much they may be late, where the driver knows of no period to smooth them by.
    """
    offsets = [
        (scan.stamp_ns - round(spec.phase_ms * MS) + period_ns // 2) % period_ns - period_ns // 2 for scan in scans
    ]
    assert abs(float(np.median(offsets))) < late_ms * MS
    errors = []
    for scan in scans:
        truth = frame(USERS, scan.stamp_ns, world.zero_ns)
        places = to_sensor(spec.mount, truth.position_m - [spec.mount.east_m, spec.mount.north_m])
        errors += np.linalg.norm(scan.position_m[:, None] - places, axis=2).min(axis=1).tolist()
    assert len(errors) > len(scans) * 1.5 and np.median(errors) < 1.5


def kill_and_restart(
    one: Device, process: subprocess.Popen[bytes], restart: Callable[[], subprocess.Popen[bytes]]
) -> list[Detections]:
    """Kill the emulator, see the device lost, start it again, see it back; return the scans since."""
    process.send_signal(signal.SIGKILL)
    process.wait()
    serve(one, lambda _: one.health(time.time_ns()).state == "lost", 1.5)
    back_s = time.monotonic() + 1.0
    serve(one, lambda _: time.monotonic() > back_s)
    restart()
    return serve(one, lambda scans: scans and one.health(time.time_ns()).state == "ok", 3.0)


def test_a_radar_on_its_two_ptys(tmp_path: Path, processes: list[subprocess.Popen[bytes]]) -> None:
    file = own_bench(tmp_path)
    spec = load(file).emulators["radar-north"]
    assert isinstance(spec, RadarSpec)

    def restart() -> subprocess.Popen[bytes]:
        processes.append(start(file, "radar-north"))
        return processes[-1]

    paths = {"cli": {"serial": {"path": spec.cli}}, "data": {"serial": {"path": spec.data, "baud": 921600}}}
    one = make_device("ti-mmwave", "radar-north", tmp_path, paths)
    with World(tmp_path, USERS) as world:
        process = restart()
        check(serve(one, lambda scans: len(scans) >= 10), spec, 100 * MS, world)
        health = one.health(time.time_ns())
        assert health.state == "ok" and health.error is None and 8 < health.rate_hz < 12
        kill_and_restart(one, process, restart)
    one.close()


def test_a_radar_on_the_one_line_of_a_low_power_chip(tmp_path: Path, processes: list[subprocess.Popen[bytes]]) -> None:
    file = own_bench(tmp_path)
    text = file.read_text()
    file.write_text(text.replace("data: radar-north-data, ", ""))
    spec = load(file).emulators["radar-north"]
    assert isinstance(spec, RadarSpec) and spec.data is None
    line = {"cli": {"serial": {"path": spec.cli, "baud": 115200}}}
    one = make_device("ti-mmwave", "radar-north", tmp_path, {**replay.OTHERWISE["low-power"], **line})
    with World(tmp_path, USERS) as world:
        processes.append(start(file, "radar-north"))
        check(serve(one, lambda scans: len(scans) >= 10), spec, 100 * MS, world)
        health = one.health(time.time_ns())
        assert health.state == "ok" and health.error is None and 8 < health.rate_hz < 12
        assert not [name for name in health.counters if name != "unused-tlv" and not name.startswith("cli-open")]
    one.close()


def test_a_can_radar_on_its_gateway(tmp_path: Path, processes: list[subprocess.Popen[bytes]]) -> None:
    file, [port] = own_bench(tmp_path), free_ports(1)
    place = "mount: {east_m: 2.0, north_m: -22.0, height_m: 6.0}, range_m: 150, width_deg: 110"
    ours = f'{{kind: ars408, tcp: "127.0.0.1:{port}", {place}, latency_ms: 20, phase_ms: 5}}'
    file.write_text(file.read_text().replace("emulators:\n", f"emulators:\n  can-radar: {ours}\n"))
    spec = load(file).emulators["can-radar"]
    assert isinstance(spec, CanRadarSpec)
    one = make_device("ars408", "can-radar", tmp_path, {"link": {"tcp": spec.tcp}, "latency_ms": 20})
    with World(tmp_path, USERS) as world:
        processes.append(start(file, "can-radar"))
        check(serve(one, lambda scans: len(scans) >= 15), spec, 72 * MS, world, 15)
        serve(one, lambda _: one.health(time.time_ns()).state == "ok", 15.0)
        assert one.health(time.time_ns()).counters["clusters"] > 0, "it was told to send objects"
    one.close()


def test_a_camera_on_its_socket(tmp_path: Path, processes: list[subprocess.Popen[bytes]]) -> None:
    file = own_bench(tmp_path)
    spec = load(file).emulators["camera-north"]
    assert isinstance(spec, CameraSpec)

    def restart() -> subprocess.Popen[bytes]:
        processes.append(start(file, "camera-north"))
        return processes[-1]

    one = make_device("camera-json", "camera-north", tmp_path, {"link": {"tcp": spec.tcp}})
    with World(tmp_path, USERS) as world:
        process = restart()
        scans = serve(one, lambda scans: len(scans) >= 10)
        check(scans, spec, 100 * MS, world)
        assert {int(kind) for scan in scans for kind in scan.kind} >= {RoadUser.CAR, RoadUser.PEDESTRIAN}
        assert not [name for name in one.health(time.time_ns()).counters if not name.startswith("link-")]
        kill_and_restart(one, process, restart)
    one.close()


def test_a_client_that_does_not_read_is_dropped_and_the_others_are_served(tmp_path: Path) -> None:
    port = open_port(TcpServer(("127.0.0.1", 0)), tmp_path)
    [server] = port.descriptors()
    with socket.socket(fileno=os.dup(server)) as listening:
        clients = [socket.create_connection(listening.getsockname()) for _ in range(2)]
    for _ in clients:
        port.read(server)
    while len(port.descriptors()) == 3:
        port.write(b"x" * 50_000)
        clients[0].recv(50_000, socket.MSG_WAITALL)
    port.write(b"still here")
    assert clients[0].recv(100) == b"still here"
    for client in clients:
        client.close()
    port.close()


def test_an_emulator_told_to_end_leaves_a_log_and_no_names(
    tmp_path: Path, processes: list[subprocess.Popen[bytes]]
) -> None:
    log = tmp_path / "bytes.log"
    with World(tmp_path, USERS):
        process = start(own_bench(tmp_path), "camera-north", "--log", str(log))
        processes.append(process)
        time.sleep(2.5)
        process.terminate()
        assert process.wait(2) == 0
    scans = replay.play(replay.make_driver("camera-json"), from_lines(log.read_text().splitlines()))
    assert len(scans) >= 3
    radar = start(tmp_path / "bench.yaml", "radar-north")
    processes.append(radar)
    end = time.monotonic() + 3
    while not (tmp_path / "radar-north-data").is_symlink():
        assert time.monotonic() < end
        time.sleep(0.01)
    radar.send_signal(signal.SIGINT)
    assert radar.wait(2) == 0
    assert not [path for path in tmp_path.iterdir() if path.is_symlink()]


def test_exit_codes_say_what_is_wrong(tmp_path: Path) -> None:
    file = own_bench(tmp_path)
    assert start(file, "camera-up").wait(5) == 2
    (tmp_path / "bad").mkdir()
    bad = tmp_path / "bad" / "bench.yaml"
    bad.write_text(file.read_text().replace("width_deg: 86.0", "width_deg: wide"))
    assert start(bad, "camera-north").wait(5) == INVALID_CONFIG
    spec = load(file).emulators["camera-north"].ports()["link"]
    assert isinstance(spec, TcpServer)
    with socket.create_server(spec.listen):
        assert start(file, "camera-north").wait(5) == ALREADY_RUNNING


# the runner, with the test's own time
