"""The emulated signal controller: in step with the programme, countdowns as real ones, and a kill through real UDP."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perception.objects import Measurement, SignalPlan, SignalState
from sim.signal import lamps_at
from sim.signals import SignalGroup, load
from tests.sim.rig import CYCLE_S, Rig

SIGNALS = load()


@given(st.floats(0, CYCLE_S, exclude_max=True))
def test_lamps_show_what_the_programme_says(cycle_s: float) -> None:
    for lamp, group in zip(lamps_at(SIGNALS, cycle_s), SIGNALS.lamps, strict=True):
        assert (lamp.number, lamp.angle_deg, lamp.type) == (group.number, group.angle, group.type)
        assert lamp.colour == group.colour(cycle_s)
        assert lamp.countdown_s is not None
        later = (cycle_s + lamp.countdown_s + 0.01) % CYCLE_S
        assert group.colour(later) not in {lamp.colour, "flashing-green"}  # a green counts to the end of its flash


@pytest.mark.parametrize(
    ("cycle_s", "colour", "countdown"),
    [
        (0, "green", 16),
        (12.5, "green", 3.5),
        (13, "flashing-green", 3),
        (16, "yellow", 3),
        (19, "red", 41),
        (59, "red", 1),
    ],
)
def test_one_lamp_over_its_cycle(cycle_s: float, colour: str, countdown: float) -> None:
    lamp = next(lamp for lamp in lamps_at(SIGNALS, cycle_s) if lamp.number == 2)
    assert (lamp.colour, lamp.countdown_s) == (colour, countdown)


def test_a_red_across_the_end_of_the_cycle_is_one() -> None:
    lamp = next(lamp for lamp in lamps_at(SIGNALS, 30) if lamp.number == 1)
    assert (lamp.colour, lamp.countdown_s) == ("red", 50)


def free_ports(number: int) -> list[str]:
    """Return addresses on which no socket listens."""
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(number)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    addresses = [f"127.0.0.1:{one.getsockname()[1]}" for one in sockets]
    for one in sockets:
        one.close()
    return addresses


def planned_and_coloured(found: list[Measurement]) -> bool:
    return {SignalPlan, SignalState} <= {type(one) for one in found}


def test_a_killed_controller_is_noticed_and_heard_again_with_its_plan(tmp_path: Path) -> None:
    device, host = free_ports(2)
    spec: dict[str, object] = {
        "kind": "gat1743", "listen": device, "host": host, "latency_ms": 20, "phase_ms": 41, "period_ms": 200,
    }  # fmt: skip
    settings = {"link": {"udp": {"listen": host, "peer": device}}, "silence_ms": 600}
    with Rig(tmp_path, "signal", spec, "gat1743", settings) as rig:
        found = rig.until(lambda found: planned_and_coloured(found) and len(found) >= 5, within_s=10)
        for state in (one for one in found if isinstance(one, SignalState)):
            assert 15e6 < state.receipt_ns - state.stamp_ns < 200e6
            expected = [group.colour(state.stamp_ns / 1e9 % CYCLE_S) for group in SIGNALS.lamps]
            assert [lamp.colour for lamp in state.lamps] == expected
        plan = next(one for one in found if isinstance(one, SignalPlan))
        assert [lamp.steps for lamp in plan.lamps] == [group.steps for group in SIGNALS.lamps]
        rig.kill()
        rig.until(lambda _: rig.health() == "lost", within_s=3)
        rig.start()
        rig.until(planned_and_coloured, within_s=5)
        assert rig.health() == "ok"


@pytest.mark.parametrize(
    ("kind", "settings", "numbers"),
    [
        ("tscbm", {}, {group.phase + 100 * (group.movement == "crosswalk"): group for group in SIGNALS.lamps}),
        ("gb20999", {"rate_hz": 5}, {group.number: group for group in SIGNALS.lamps}),
    ],
)
def test_other_controllers_over_real_sockets(
    tmp_path: Path, kind: str, settings: dict[str, object], numbers: dict[int, SignalGroup]
) -> None:
    device, host = free_ports(2)
    spec: dict[str, object] = {
        "kind": kind, "listen": device, "host": host, "latency_ms": 2, "phase_ms": 0, "period_ms": 100,
    }  # fmt: skip
    link = {"link": {"udp": {"listen": host, "peer": device}}, "silence_ms": 600}
    with Rig(tmp_path, "signal", spec, kind, link | settings) as rig:
        found = rig.until(lambda found: len(found) >= 8, within_s=10)
        for state in (one for one in found if isinstance(one, SignalState)):
            begin_s = (state.stamp_ns / 1e9 - 0.25) % CYCLE_S
            shown = {number: {group.colour((begin_s + step / 20) % CYCLE_S) for step in range(10)}
                     for number, group in numbers.items()}  # fmt: skip
            assert {lamp.number for lamp in state.lamps} == set(numbers)
            assert all(lamp.colour in shown[lamp.number] for lamp in state.lamps)
        rig.kill()
        rig.until(lambda _: rig.health() == "lost", within_s=3)
        rig.start()
        rig.until(lambda _: rig.health() == "ok", within_s=10)  # once the rate of a few seconds is good again
