"""Device states and the gate's decisions."""

from __future__ import annotations

from typing import get_args

import pytest

from hw.device import DeviceHealth
from hw.watch import State
from rsu.site import config
from rsu.station.station import Station
from tests.rsu.recording.virtual import CONFIGS

NS = 1_000_000_000
SITE = config.load(CONFIGS / "demo.yaml")
SENSORS = {sensor.device for sensor in SITE.site.sensors}
TIME = {"no-time", "no-position"}  # no receiver has spoken here


def reasons(kind: str, states: dict[str, State]) -> set[str]:
    """Return the gate's reasons for a message type while devices are in these states, the others well."""
    station = Station(SITE, bytes(16))
    health = [
        DeviceHealth(
            name=name, kind=device.kind, state=states.get(name, "ok"), last_receipt_ns=NS, rate_hz=10.0, counters={},
            error=None,
        )
        for name, device in SITE.site.devices.items()
    ]  # fmt: skip
    station.advance(NS, health)
    return {*next(message for message in station.snapshot(NS).messages if message.kind == kind).reasons} - TIME


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("ok", set()),
        ("starting", {"sensor-lost"}),
        ("lost", {"sensor-lost"}),
        ("blind", {"sensor-lost"}),
        ("not-understood", {"sensor-not-understood"}),
        ("frozen", {"sensor-frozen"}),
        ("degraded", {"sensor-degraded"}),
    ],
)
def test_a_sensor_that_is_not_ok_degrades_what_it_was_for(state: State, expected: set[str]) -> None:
    assert reasons("rsm", {"camera-north": state}) == expected
    assert reasons("map", {"camera-north": state}) == set()


def test_every_state_is_decided_upon() -> None:
    for state in get_args(State):
        reasons("rsm", {"radar-east": state, "radio": state, "gnss": state, "signal": state})


@pytest.mark.parametrize("state", ["lost", "not-understood", "frozen", "blind"])
def test_where_no_sensor_is_to_be_believed_nobody_is_seen(state: State) -> None:
    assert reasons("rsm", dict.fromkeys(SENSORS, state)) == {"no-sensors"}
    assert reasons("rsm", dict.fromkeys(SENSORS, "degraded")) == {"sensor-degraded"}


@pytest.mark.parametrize(
    ("state", "expected"), [("not-understood", {"radio-lost"}), ("degraded", set()), ("ok", set())]
)
def test_a_radio_that_is_not_understood_is_as_good_as_none(state: State, expected: set[str]) -> None:
    assert reasons("map", {"radio": state}) == expected
