"""Payloads of traffic statistics against T/ITS 0180.1-2021."""

from __future__ import annotations

import json
from typing import Any

import pytest

from perception.objects import RoadUser
from perception.results import DirectionFlow, LaneFlow, SpotFlow, TrafficPeriod
from rsu.bus.told import RoadTraffic
from rsu.uplink.tits0180 import traffic
from tests.rsu.uplink.tits0180.made import BOX, NOW_NS, as_sent, box_of


def _flow(seconds: int) -> LaneFlow:
    return LaneFlow(
        link="north",
        lane=1,
        start_ns=NOW_NS - seconds * 1_000_000_000,
        end_ns=NOW_NS,
        volume=9,
        volume_by_kind={RoadUser.CAR: 5, RoadUser.TRUCK: 2, RoadUser.BUS: 1, RoadUser.BICYCLE: 1},
        mean_speed_mps=8.0,
        queue_length_m=31.26,
        queue_count=5,
        occupancy=0.3,
        volume_by_movement={"straight": 7, "right": 1},
        speed_85_mps=9.5,
        mean_length_m=5.5,
        space_occupancy=0.1212,
        density_per_m=0.025,
        headway_s=3.0,
        gap_s=2.4,
        stops=4,
        delay_s=12.345,
        green_s=25.0,
        congestion=1,
    )


def _period(seconds: int, **more: Any) -> RoadTraffic:
    flow = _flow(seconds)
    return RoadTraffic(TrafficPeriod(start_ns=flow.start_ns, end_ns=flow.end_ns, lanes=[flow], **more))


@pytest.mark.parametrize(("seconds", "code"), [(1, 2), (5, 3), (60, 4), (900, 5), (90, 6)])
def test_traffic_period(seconds: int, code: int) -> None:
    payload = as_sent("traffic", traffic.build(BOX, NOW_NS, _period(seconds)))
    assert (payload["periodTime"], payload["duration"]) == (code, seconds)


def test_a_signal_cycle_is_a_period_of_its_own_kind() -> None:
    assert traffic.build(BOX, NOW_NS, _period(60, cycle=True))["periodTime"] == 1


def test_traffic_per_lane() -> None:
    (lane,) = as_sent("traffic", traffic.build(BOX, NOW_NS, _period(60)))["laneFlowData"]
    extended = lane.pop("extended")
    assert lane == {
        "branchId": "north",
        "laneId": "1",
        "laneFlow": [1, 3],  # straight and right are allowed
        "queueLength": 31.3,
        "queueCount": 5,
        "congestionLevel": 1,
        "trafficFlow": 12.0,
        "trafficNumber": 9,
        "wasteTime": 12.35,
    }
    assert extended == {  # GA/T 1049.2: per hour, km/h, percent, per km
        "Volume": 540,
        "AvgVehLen": 5.5,
        "Pcu": 720,
        "HeadDistance": 24.0,
        "HeadTime": 3.0,
        "Speed": 28.8,
        "Saturation": 96.0,
        "Density": 25.0,
        "QueueLength": 31.3,
        "Occupancy": 30.0,
        "speed85": 9.5,
        "spaceOccupancy": 0.121,
        "gap": 2.4,
        "stops": 4,
        "volumeByClass": {"car": 5, "truck": 2, "bus": 1, "bicycle": 1},
        "volumeByMovement": {"straight": 7, "right": 1},
    }


def test_traffic_per_movement_loop_and_zone() -> None:
    way = DirectionFlow(
        link="north", movement="left", volume=3, volume_by_kind={RoadUser.CAR: 3}, queue_length_m=14.04, queue_count=2,
        delay_s=None,
    )  # fmt: skip
    spot = SpotFlow(
        name="far", volume=2, volume_by_kind={RoadUser.CAR: 2}, mean_speed_mps=9.0, occupancy=0.25, mean_count=0.3
    )
    period = _period(60, directions=[way], loops=[spot])
    payload = as_sent("traffic", traffic.build(BOX, NOW_NS, period))
    assert payload["directionFlowData"] == [
        {
            "branchId": "north",
            "flowType": 2,
            "queueLength": 14.0,
            "queueCount": 2,
            "trafficFlow": 3.0,
            "trafficNumber": 3,
        }
    ]
    assert payload["loopFlowData"] == [
        {
            "name": "far",
            "trafficNumber": 2,
            "volumeByClass": {"car": 2},
            "speed": 9.0,
            "occupancy": 0.25,
            "meanCount": 0.3,
        }
    ]
    assert "zoneFlowData" not in payload
    bare = traffic.build(box_of(extensions=False), NOW_NS, period)
    assert "loopFlowData" not in bare
    assert "extended" not in json.dumps(bare)
