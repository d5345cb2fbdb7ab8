"""Every fault of the emulated sensors, in their real bytes: how the driver and the device's health take it."""

from __future__ import annotations

import numpy as np
import pytest

from perception.objects import Detections, Measurement, RoadUser
from sim.camera import EmulatedCamera
from sim.damage import LATE_NS, Damage, heard_at, turned
from sim.emulator import Write
from sim.radar import EmulatedTiRadar
from tests.hw.fed import BEGIN_NS, NS, PROFILE, RADAR, TCP, TICK_NS, Fed
from tests.sim.emul_scene import User, bench, frame

USERS = [
    User(n, RoadUser.CAR, (4.0 + 3.5 * (n % 3), 10.0 + 9.0 * n), (0.0, -3.0 - n), heading_deg=180.0) for n in range(7)
]
DETAILS = {
    "frozen": ("frozen", "the same content"),
    "clock-jump": ("ok", "stamps are"),
    "clock-stuck": ("ok", "stamps"),
    "clock-ahead": ("ok", "stamps are in the future"),
    "other-json": ("not-understood", "JSON without `v`, `seq`"),
    "http-400": ("not-understood", "looks like HTTP"),
    "storm": ("degraded", ""),
    "garbage": ("not-understood", ""),
    "wrong-baud": ("not-understood", ""),
    "torn": ("degraded", ""),
    "turned": ("ok", None),
    "duplicate": ("ok", None),
    "reorder": ("ok", None),
    "late": ("ok", None),
    "other-record": ("not-understood", "is no whole number of targets"),
    "other-type": ("not-understood", "TLV 10: targets of the area scanner"),
    "headers-only": ("not-understood", "header and nothing else"),
}


def say(emulator: EmulatedCamera | EmulatedTiRadar, fed: Fed, port: str, seconds: float) -> list[Measurement]:
    """Let an emulated sensor speak to its driver; bytes come when they are due."""
    found: list[Measurement] = []
    waiting: list[tuple[int, bytes]] = []
    first = fed.now_ns // TICK_NS
    for number in range(first, first + round(10 * seconds)):
        stamp_ns = number * TICK_NS
        for write in emulator.capture(number, frame(USERS, stamp_ns, BEGIN_NS)):
            waiting.append((stamp_ns + write.delay_ns, write.data))
        while waiting and waiting[0][0] < stamp_ns + TICK_NS:
            due_ns, data = waiting.pop(0)
            found += fed.hear(data, port, due_ns - fed.now_ns)
        fed.health()
    return found


def camera() -> tuple[EmulatedCamera, Fed]:
    spec = bench().emulators["camera-north"]
    return EmulatedCamera("camera-north", spec, bench()), Fed("camera-json", TCP)  # type: ignore[arg-type]


def radar() -> tuple[EmulatedTiRadar, Fed]:
    made = EmulatedTiRadar("radar-north", bench().emulators["radar-north"], bench())  # type: ignore[arg-type]
    made.received("cli", PROFILE.read_bytes(), 0)
    return made, Fed("ti-mmwave", RADAR)


@pytest.mark.parametrize("fault", [None, *sorted(EmulatedCamera.FAULTS)])
def test_a_cameras_faults_are_found(fault: str | None) -> None:
    emulator, fed = camera()
    say(emulator, fed, "link", 3)
    assert fed.health().state == "ok"
    emulator.fault = fault
    say(emulator, fed, "link", 8)
    state, words = DETAILS[fault] if fault else ("ok", None)
    health = fed.health()
    assert health.state == state, health
    told = " ".join([health.error or "", *(alarm.text for alarm in health.alarms)])
    assert words is None or words in told, told
    emulator.fault = None
    say(emulator, fed, "link", 7)
    assert (fed.health().state, fed.health().error) == ("ok", None), "and gone with the fault"


@pytest.mark.parametrize("fault", [None, *sorted(EmulatedTiRadar.FAULTS)])
def test_a_radars_faults_are_found(fault: str | None) -> None:
    emulator, fed = radar()
    say(emulator, fed, "data", 3)
    assert fed.health().state == "ok"
    emulator.fault = fault
    say(emulator, fed, "data", 6)
    state, words = DETAILS[fault] if fault else ("ok", None)
    health = fed.health()
    assert health.state == state, health
    assert words is None or words in (health.error or ""), health.error
    emulator.fault = None
    say(emulator, fed, "data", 4)
    assert fed.health().state == "ok", "and gone with the fault"


def test_a_turned_camera_puts_everybody_one_degree_aside() -> None:
    both = []
    for fault in (None, "turned"):
        emulator, fed = camera()
        emulator.fault = fault
        scans = [one for one in say(emulator, fed, "link", 5) if isinstance(one, Detections)]
        both.append(
            np.mean([np.degrees(np.arctan2(*scan.position_m[:, ::-1].T)).mean() for scan in scans if len(scan.kind)])
        )
    assert both[1] - both[0] == pytest.approx(1.0, abs=0.3)  # a camera turned to the right sees them farther left


def test_a_line_that_is_read_at_its_own_speed_is_as_written() -> None:
    data = bytes(range(256))
    assert heard_at(data, 1.0) == data
    other = heard_at(data * 4, 0.5)
    assert len(other) > 100 and other[:50] != data[:50]


def test_what_happens_on_the_way() -> None:
    rng, damage = np.random.default_rng(1), Damage()
    one, two = Write("x", b"one"), Write("x", b"two")
    assert damage.done("duplicate", [one], rng) == [one, one]
    assert damage.done("reorder", [one], rng) == [] and damage.done("reorder", [two], rng) == [two, one]
    assert damage.done("late", [one], rng)[0].delay_ns == LATE_NS
    assert damage.done(None, [one], rng) == [one]
    spec = bench().emulators["camera-west"]
    assert turned(spec).mount.yaw_deg == 271.0  # type: ignore[type-var]
    assert NS == 10 * TICK_NS
