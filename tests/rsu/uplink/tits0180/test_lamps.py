"""Payloads of signal lamps against T/ITS 0180.1-2021."""

from __future__ import annotations

from typing import Any

import pytest

from perception.objects import COLOURS, Lamp, SignalState
from rsu.bus.told import SignalLamps, ToldLamp
from rsu.station import telling
from rsu.uplink.tits0180 import lamps, phases
from tests.rsu.uplink.tits0180.made import BOX, NOW_NS, as_sent


@pytest.mark.parametrize(
    ("angle", "lamp_type", "phase"),
    [
        (90, 1, 1),  # east straight
        (90, 2, 2),
        (90, 3, 3),
        (90, 9, 4),
        (90, 4, 1),  # round
        (135, 1, 6),
        (180, 1, 11),
        (225, 1, 16),
        (270, 1, 21),
        (315, 1, 26),
        (0, 1, 31),
        (360, 1, 31),
        (45, 1, 36),
        (45, 9, 39),
        (83, 1, 1),  # no crossing stands exactly
        (90, 7, 201),  # non-motor
        (0, 5, 232),
        (90, 8, 241),  # crosswalk
        (45, 8, 276),
        (90, 13, None),  # tram: no rule
    ],
)
def test_phase_ids(angle: int, lamp_type: int, phase: int | None) -> None:
    assert phases.phase_id(ToldLamp(1, angle, lamp_type, []), taken=()) == phase


def _signal(*reported: Lamp, shown: bool = True, ok: bool = True, **ahead: Any) -> SignalLamps:
    state = SignalState(device="signal", stamp_ns=NOW_NS, receipt_ns=NOW_NS, lamps=list(reported))
    return telling.lamps(state, {int(name[1:]): steps for name, steps in ahead.items()}, NOW_NS, shown, ok)


def _lamp(signal: SignalLamps) -> dict[str, Any]:
    return as_sent("lamp", lamps.build(BOX, NOW_NS, signal))


def _phases(payload: dict[str, Any]) -> dict[str, list[int]]:
    """Return phaseId -> now, seconds, next, seconds, the one after, seconds."""
    keys = ["lightStatus", "countDown", "lightStatusNext", "nextCountDown", "lightStatusNextNext", "nextNextCountDown"]
    return {lamp["phaseId"]: [lamp[key] for key in keys] for lamp in payload["lampRealInfos"]}


S = 1_000_000_000


def test_lamp_report() -> None:
    green = [("green", NOW_NS - S, NOW_NS + 11 * S + 1), ("yellow", NOW_NS + 11 * S + 1, NOW_NS + 14 * S + 1)]
    red = [("red", NOW_NS + 14 * S + 1, NOW_NS + 54 * S + 1)]
    payload = _lamp(
        _signal(
            Lamp(3, 90, 8, "red", None),
            Lamp(4, 90, 8, "red", 0.0),
            Lamp(2, 90, 4, "green", 12.0),
            Lamp(1, 90, 1, "green", 11.2),
            Lamp(5, 180, 4, "green", 3.0),
            _1=[*green, *red],
            _3=[("red", NOW_NS - S, None)],
        )
    )
    assert {key: payload[key] for key in payload if key != "lampRealInfos"} == {
        "signalControllerStamp": 1_700_000_000_123,
        "rscuSn": "RSCU-1",
        "cityCode": "440300",
        "regionId": "440304",
        "crossId": "C7",
        "crossRealStatus": 0,
        "number": 2,
    }
    assert {lamp["dataSource"] for lamp in payload["lampRealInfos"]} == {2}
    assert _phases(payload) == {
        "1": [6, 12, 7, 3, 3, 40],  # the arrow goes before the round lamp; its plan is known
        "11": [5, 3, 0, 0, 0, 0],
        "241": [3, 0, 0, 0, 0, 0],  # red, of unknown duration
        "242": [3, 1, 0, 0, 0, 0],  # a known countdown is never 0: that says unknown
    }


def test_a_lamp_that_is_not_known_says_so() -> None:
    lamp = Lamp(1, 90, 1, "green", 11.2)
    assert _phases(_lamp(_signal(lamp, _1=[]))) == {"1": [0] * 6}
    assert _phases(_lamp(_signal(lamp, shown=False, _1=[("green", NOW_NS, NOW_NS + S)]))) == {"1": [0] * 6}
    assert _phases(_lamp(_signal(lamp, shown=False))) == {"1": [0] * 6}


@pytest.mark.parametrize(("shown", "ok", "status"), [(True, True, 0), (True, False, 2), (False, False, 1)])
def test_the_status_of_the_signal(shown: bool, ok: bool, status: int) -> None:
    assert _lamp(_signal(shown=shown, ok=ok))["crossRealStatus"] == status


def test_a_controller_that_has_said_nothing_is_a_fault_without_lamps() -> None:
    payload = _lamp(telling.lamps(None, {1: []}, NOW_NS, shown=False, ok=False))
    assert (payload["crossRealStatus"], payload["lampRealInfos"], payload["number"]) == (1, [], 0)


def test_the_mode_of_control_is_not_invented() -> None:
    assert "controlMode" not in _lamp(_signal(Lamp(1, 90, 1, "green", 11.2)))


def test_every_colour_has_a_light_status() -> None:
    statuses = [_phases(_lamp(_signal(Lamp(1, 0, 4, colour, None))))["31"][0] for colour in COLOURS]
    assert statuses == [0, 1, 3, 7, 5, 2, 8, 4]
