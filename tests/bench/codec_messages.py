"""The five messages that codecs are measured with, as records: realistic sizes and contents."""

from __future__ import annotations

from collections.abc import Callable

import v2x
from v2x import Position

SITE = Position(latitude_deg=22.5431, longitude_deg=114.0579, elevation_m=12.0)
RSU_ID = b"RSU-0001"


def near(index: int) -> Position:
    """Return one of many places within some 200 m of the site."""
    return Position(
        latitude_deg=SITE.latitude_deg + (index * 37 % 41 - 20) * 9e-5,
        longitude_deg=SITE.longitude_deg + (index * 53 % 43 - 21) * 8e-5,
        elevation_m=12.0 + index % 7 * 0.1,
    )


def accuracy() -> v2x.PositionConfidenceSet:
    """Return the usual accuracy of a position."""
    return v2x.PositionConfidenceSet(position="a50cm", elevation="elev-001-00")


def motion() -> v2x.MotionConfidenceSet:
    """Return the usual accuracy of a motion."""
    return v2x.MotionConfidenceSet(speed="prec0-1ms", heading="prec0-1deg", steering="prec1deg")


def acceleration() -> v2x.Acceleration:
    """Return a gentle one."""
    return v2x.Acceleration(longitudinal_mps2=0.35, lateral_mps2=-0.12, vertical_mps2=0.2, yaw_rate_dps=1.25)


def bsm() -> v2x.BasicSafetyMessage:
    """Return a car's message with all safety extensions and 5 points of its way."""
    points = tuple(
        v2x.PathHistoryPoint(
            position=near(index), age_s=0.5 * index, speed_mps=13.2, position_confidence=accuracy(), heading_deg=91.5
        )
        for index in range(1, 6)
    )
    history = v2x.PathHistory(gnss_status=("isHealthy", "isMonitored"), points=points)
    return v2x.BasicSafetyMessage(
        msg_cnt=77,
        id=b"VEH-0042",
        sec_mark_ms=34_200,
        time_confidence="time-000-020",
        position=near(3),
        accuracy=v2x.PositionalAccuracy(semi_major_m=0.8, semi_minor_m=0.5, orientation_deg=45.0),
        position_confidence=accuracy(),
        transmission="forwardGears",
        speed_mps=13.88,
        heading_deg=92.4,
        steering_deg=-3.0,
        motion_confidence=motion(),
        acceleration=acceleration(),
        brakes=v2x.BrakeSystemStatus(
            pedal="off", wheels=("leftFront",), traction="on", abs="on", stability="on", boost="off", auxiliary="off"
        ),
        size=v2x.Size(width_m=1.85, length_m=4.62, height_m=1.5),
        vehicle_class=v2x.VehicleClassification(classification=v2x.BasicVehicleClass.PASSENGER_CAR, fuel_type=4),
        safety=v2x.SafetyExtensions(
            events=("eventHardBraking",),
            path_history=history,
            path_prediction=v2x.PathPrediction(radius_m=250.0, confidence_percent=80.0),
            lights=("lowBeamHeadlightsOn", "rightTurnSignalOn"),
        ),
    )


def spat() -> v2x.SignalPhaseAndTiming:
    """Return 16 phases with 4 states each."""
    lights: tuple[v2x.records.names.Light, ...] = ("protected-green", "flashing-green", "yellow", "red")
    phases = tuple(
        v2x.Phase(
            phase_id=phase,
            states=tuple(
                v2x.PhaseState(
                    light=light,
                    timing=v2x.CountingDown(
                        start_s=12.3 * place,
                        min_end_s=14.0 + place,
                        max_end_s=30.0 + phase,
                        likely_end_s=20.5 + phase,
                        confidence_percent=90.0,
                        next_start_s=93.5,
                        next_duration_s=27.0,
                    ),
                )
                for place, light in enumerate(lights)
            ),
        )
        for phase in range(1, 17)
    )
    state = v2x.IntersectionState(
        intersection_id=v2x.NodeReferenceId(region=310, id=12),
        status=("fixedTimeOperation",),
        moy=250_000,
        time_stamp_ms=34_100,
        time_confidence="time-000-050",
        phases=phases,
    )
    return v2x.SignalPhaseAndTiming(
        msg_cnt=5, moy=250_000, time_stamp_ms=34_200, name="Crossing 12", intersections=(state,)
    )


def rsm() -> v2x.RoadsideSafetyMessage:
    """Return 16 vehicles."""
    participants = tuple(
        v2x.Participant(
            ptc_type="motor",
            ptc_id=index,
            source="integrated",
            id=b"VEH-%04d" % index,
            sec_mark_ms=34_150,
            position=near(index),
            position_confidence=accuracy(),
            transmission="forwardGears",
            speed_mps=8.0 + index,
            heading_deg=22.5 * index % 360,
            steering_deg=1.5,
            motion_confidence=motion(),
            acceleration=acceleration(),
            size=v2x.Size(width_m=1.8, length_m=4.5, height_m=1.5),
            vehicle_class=v2x.VehicleClassification(classification=v2x.BasicVehicleClass.PASSENGER_CAR, fuel_type=1),
        )
        for index in range(1, 17)
    )
    return v2x.RoadsideSafetyMessage(msg_cnt=9, id=RSU_ID, position=SITE, participants=participants)


def roadmap() -> v2x.MapData:
    """Return 4 approaches with 4 lanes, each lane with 10 points."""
    return v2x.MapData(
        msg_cnt=1,
        moy=250_000,
        nodes=(
            v2x.Node(
                name="Crossing 12",
                id=v2x.NodeReferenceId(region=310, id=12),
                position=SITE,
                links=tuple(link(approach) for approach in range(4)),
            ),
        ),
    )


def link(approach: int) -> v2x.Link:
    """Return an approach."""
    return v2x.Link(
        name=f"Approach {approach}",
        upstream=v2x.NodeReferenceId(region=310, id=20 + approach),
        speed_limits=(v2x.SpeedLimit(type="vehicleMaxSpeed", speed_mps=16.66),),
        width_m=14.0,
        points=tuple(v2x.RoadPoint(position=near(approach + step)) for step in range(10)),
        movements=tuple(
            v2x.Movement(remote=v2x.NodeReferenceId(region=310, id=20 + way), phase_id=way + 1) for way in range(3)
        ),
        lanes=tuple(lane(approach, number) for number in range(1, 5)),
    )


def lane(approach: int, number: int) -> v2x.Lane:
    """Return a lane."""
    return v2x.Lane(
        lane_id=number,
        width_m=3.5,
        attributes=v2x.LaneAttributes(shared_with=("busVehicleTraffic",), type=v2x.LaneType(kind="vehicle")),
        maneuvers=("maneuverStraightAllowed", "maneuverRightAllowed"),
        connects_to=tuple(
            v2x.Connection(
                remote=v2x.NodeReferenceId(region=310, id=20 + way),
                lane=v2x.ConnectingLane(lane=number, maneuvers=("maneuverStraightAllowed",)),
                phase_id=way + 1,
            )
            for way in range(2)
        ),
        speed_limits=(v2x.SpeedLimit(type="vehicleMaxSpeed", speed_mps=16.66),),
        points=tuple(v2x.RoadPoint(position=near(10 * approach + number + step)) for step in range(10)),
    )


def rsi() -> v2x.RoadSideInformation:
    """Return 2 events and 2 signs."""
    time = v2x.TimeDetails(start_moy=250_000, end_moy=250_060, end_confidence="time-100-000")
    path = v2x.ReferencePath(points=tuple(near(step) for step in range(6)), radius_m=3.75)
    lanes = v2x.ReferenceLink(
        upstream=v2x.NodeReferenceId(region=310, id=20),
        downstream=v2x.NodeReferenceId(region=310, id=12),
        lanes=(1, 2),
    )
    events = tuple(
        v2x.Event(
            rte_id=index,
            event_type=903,
            source="detection",
            position=near(index),
            radius_m=20.0,
            description="前方停车,注意避让",
            time=time,
            priority=5,
            paths=(path,),
            links=(lanes,),
            confidence_percent=90.0,
        )
        for index in range(2)
    )
    signs = tuple(
        v2x.Sign(
            rts_id=index,
            sign_type=85,
            position=near(index + 9),
            description="限速60",
            time=time,
            priority=3,
            paths=(path,),
            links=(lanes,),
        )
        for index in range(2)
    )
    return v2x.RoadSideInformation(msg_cnt=3, moy=250_000, id=RSU_ID, position=SITE, events=events, signs=signs)


MESSAGES: dict[str, Callable[[], v2x.Message]] = {"BSM": bsm, "SPAT": spat, "RSM": rsm, "MAP": roadmap, "RSI": rsi}
