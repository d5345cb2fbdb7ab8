"""traffic/up (tables 19-21): the traffic of one period, by lane, link and movement."""

from __future__ import annotations

from collections.abc import Mapping

from perception.objects import RoadUser
from perception.results import DirectionFlow, LaneFlow, SpotFlow
from rsu.bus.told import RoadTraffic
from rsu.site.box import Box
from rsu.site.identity import Identity
from rsu.uplink import flows
from rsu.uplink.tits0180 import codes
from rsu.uplink.tits0180.common import Payload, head, known, ms, rounded


def build(box: Box, stamp_ns: int, told: RoadTraffic) -> Payload:
    """Build traffic/up (tables 19-21) of one period.

    With extensions, the quantities of GA/T 1049.2 and more follow in a lane's `extended`; virtual loops and zones,
    which the standard does not know, in lists of their own where a site has any.
    """
    identity, period, extensions = box.identity, told.period, box.standard.extensions
    start_ns, end_ns = period.start_ns, period.end_ns
    spots = {"loopFlowData": period.loops, "zoneFlowData": period.zones} if extensions else {}
    return (
        head(identity, stamp_ns)
        | known({"crossId": identity.cross_id})
        | {
            "periodTime": codes.SIGNAL_CYCLE if period.cycle else codes.period_type(end_ns - start_ns),
            "startTime": ms(start_ns),
            "endTime": ms(end_ns),
            "duration": round((end_ns - start_ns) / 1e9),
            "directionFlowData": [_direction_flow(flow) for flow in period.directions],
            "laneFlowData": [_lane_flow(identity, flow, extensions) for flow in period.lanes],
        }
        | {name: [_spot_flow(flow) for flow in found] for name, found in spots.items() if found}
    )


def _direction_flow(flow: DirectionFlow) -> Payload:
    return known(
        {
            "branchId": flow.link,
            "flowType": codes.FLOW_TYPE[flow.movement],
            "queueLength": round(flow.queue_length_m, 1),
            "queueCount": flow.queue_count,
            "trafficFlow": round(flows.passenger_car_units(flow.volume_by_kind), 1),
            "trafficNumber": flow.volume,
            "wasteTime": rounded(flow.delay_s),
        }
    )


def _lane_flow(identity: Identity, flow: LaneFlow, extensions: bool) -> Payload:
    payload: Payload = {
        "branchId": flow.link,
        "laneId": str(flow.lane),
        "laneFlow": codes.lane_flow(identity.maneuvers.get((flow.link, flow.lane), [])),
        "queueLength": round(flow.queue_length_m, 1),
        "queueCount": flow.queue_count,
        "congestionLevel": flow.congestion,
        "trafficFlow": round(flows.passenger_car_units(flow.volume_by_kind), 1),
        "trafficNumber": flow.volume,
        "wasteTime": rounded(flow.delay_s),
        "extended": _extended(flow) if extensions else None,
    }
    return known(payload)


def _extended(flow: LaneFlow) -> Payload:
    """Return the fields of GA/T 1049.2 under their names and units there, then our own in SI."""
    hours = (flow.end_ns - flow.start_ns) / 3.6e12
    units = flows.passenger_car_units(flow.volume_by_kind)
    return known(
        {
            "Volume": round(flow.volume / hours),
            "AvgVehLen": rounded(flow.mean_length_m),
            "Pcu": round(units / hours),
            "HeadDistance": rounded(flows.spacing_m(flow)),
            "HeadTime": rounded(flow.headway_s),
            "Speed": rounded(None if flow.mean_speed_mps is None else 3.6 * flow.mean_speed_mps),
            "Saturation": rounded(flows.saturation_percent(flow)),
            "Density": rounded(None if flow.density_per_m is None else 1000.0 * flow.density_per_m),
            "QueueLength": round(flow.queue_length_m, 1),
            "Occupancy": round(100.0 * flow.occupancy, 1),
            "speed85": rounded(flow.speed_85_mps),
            "spaceOccupancy": None if flow.space_occupancy is None else round(flow.space_occupancy, 3),
            "gap": rounded(flow.gap_s),
            "stops": flow.stops,
            "volumeByClass": _by_class(flow.volume_by_kind),
            "volumeByMovement": flow.volume_by_movement,
        }
    )


def _spot_flow(flow: SpotFlow) -> Payload:
    return known(
        {
            "name": flow.name,
            "trafficNumber": flow.volume,
            "volumeByClass": _by_class(flow.volume_by_kind),
            "speed": rounded(flow.mean_speed_mps),
            "occupancy": round(flow.occupancy, 3),
            "meanCount": rounded(flow.mean_count),
        }
    )


def _by_class(counts: Mapping[int, int]) -> dict[str, int]:
    return {RoadUser(kind).name.lower(): count for kind, count in counts.items()}
