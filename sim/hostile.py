"""A hostile air: messages that a radio receives beside honest ones while the bench file's radio has a fault.

Everything comes from seed, fault and slot. Ghosts drive as vehicles do, each with an id and a radio of its own, so that
only sensors tell them from others; where one leaves the site another begins.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

import v2x
from perception.geo import Reference, to_wgs84
from sim.emulator import generator
from sim.obu import ON_ITS_WAY, SLOT_NS, SLOTS, HeardFrame
from v2x import dsmp

GHOSTS, AMBULANCES, TELEPORTING, FAR, OTHER_REGION = 200, 5, 20, 20, 30
FLOOD_HZ = 2000
LANES_M = (-5.0, -1.8, 1.8, 5.0)  # beside the middle of the road
REACH_M, SPEED_MPS = 120.0, (6.0, 14.0)
AIR_NS = 10_000_000  # from the position fix to the end of the reception
REPLAY_SLOTS = 300  # a frame is heard again so much later, and then often
PLACES_DEG = ((0.0, 0.0), (90.0, 180.0), (40.0, 116.4), (-33.9, 151.2))
BSM_AID = v2x.SERVICES["bsm"].aid
INVENTED = b"ghost"  # ids of invented vehicles begin so
HOSTILE = {
    "garbage": "hears 200 frames of noise a second, and says as much that is no word of the protocol",
    "replayed": "hears every frame again, 3 s later and as often as it can",
    "other-region": "hears vehicles and a unit of another region, that also under a vehicle's AID",
    "ghosts": f"hears {GHOSTS} vehicles that are not there",
    "ambulances": f"hears {AMBULANCES} emergency vehicles that are not there",
    "teleporting": f"hears {TELEPORTING} vehicles that are now here, now there",
    "far-places": f"hears {FAR} vehicles at 0/0, at the pole, and 2000 km away",
    "flood": f"hears {FLOOD_HZ} frames a second: valid, replayed, foreign and noise",
}


class Ghost(NamedTuple):
    """How a vehicle that is not there drives."""

    arm: int
    aside_m: float
    speed_mps: float  # m/s
    begin_m: float


@lru_cache(1024)
def _ghost(seed: int, number: int) -> Ghost:
    random = generator(seed, f"ghost {number}", 0)
    return Ghost(
        arm=int(random.integers(4)),
        aside_m=float(random.choice(LANES_M)),
        speed_mps=random.uniform(*SPEED_MPS),
        begin_m=random.uniform(0, 2 * REACH_M),
    )


@lru_cache(4096)
def _name(seed: int, number: int, turn: int) -> bytes:
    """Return the id of a vehicle that is not there; the bench knows it by its beginning."""
    return INVENTED + generator(seed, f"name {number}", turn).bytes(3)


class Hostile:
    """Makes it."""

    def __init__(self, seed: int, reference: Reference) -> None:
        self._seed = seed
        self._reference = reference
        self._heard: deque[HeardFrame] = deque(maxlen=2 * REPLAY_SLOTS)

    def heard(self, fault: str, number: int, stamp_ns: int, honest: list[HeardFrame]) -> list[HeardFrame]:
        """Return the hostile frames of slot `number` (counted since the epoch), at the time `stamp_ns`."""
        self._heard.extend(honest)
        makers: Mapping[str, Callable[[], Iterator[HeardFrame]]] = {
            "garbage": lambda: self._noise(number, 2),
            "replayed": lambda: self._again(number, 5),
            "other-region": lambda: self._other_region(number, stamp_ns),
            "ghosts": lambda: self._ghosts(number, stamp_ns, GHOSTS, siren=False),
            "ambulances": lambda: self._ghosts(number, stamp_ns, AMBULANCES, siren=True),
            "teleporting": lambda: self._teleporting(number, stamp_ns),
            "far-places": lambda: self._far(number, stamp_ns),
            "flood": lambda: self._flood(number, stamp_ns),
        }
        return list(makers[fault]())

    def _flood(self, number: int, stamp_ns: int) -> Iterator[HeardFrame]:
        """Yield FLOOD_HZ frames a second: half of them of vehicles and units, the rest heard before, and noise."""
        mix = [
            *self._ghosts(number, stamp_ns, GHOSTS, siren=False),
            *self._ghosts(number, stamp_ns, AMBULANCES, siren=True),
            *self._far(number, stamp_ns),
            *self._teleporting(number, stamp_ns),
            *self._other_region(number, stamp_ns),
        ]
        count = FLOOD_HZ * SLOT_NS // 1_000_000_000
        chosen = generator(self._seed, "mix", number).permutation(len(mix))[: count // 2].tolist()
        yield from (mix[index] for index in chosen)
        again = list(self._again(number, count // 4))
        yield from again
        yield from self._noise(number, count - len(chosen) - len(again))

    def _ghosts(self, number: int, stamp_ns: int, count: int, *, siren: bool) -> Iterator[HeardFrame]:
        for number_of_it in range(number % SLOTS, count, SLOTS):
            ghost = _ghost(self._seed, number_of_it + GHOSTS * siren)
            turns, along = divmod(stamp_ns / 1e9 % 86_400 * ghost.speed_mps + ghost.begin_m, 2 * REACH_M)
            place, heading = _on_road(ghost.arm, along - REACH_M, ghost.aside_m)
            name = _name(self._seed, number_of_it + GHOSTS * siren, int(turns))
            yield self._bsm(name, number, stamp_ns, place, ghost.speed_mps, heading, siren=siren)

    def _teleporting(self, number: int, stamp_ns: int) -> Iterator[HeardFrame]:
        for one in range(number % SLOTS, TELEPORTING, SLOTS):
            random = generator(self._seed, f"teleport {one}", stamp_ns // 1_000_000_000)
            east, north = random.uniform(-80.0, 80.0, 2).tolist()
            yield self._bsm(_name(self._seed, 1000 + one, 0), number, stamp_ns, (east, north), 0.0, 0.0)

    def _far(self, number: int, stamp_ns: int) -> Iterator[HeardFrame]:
        for one in range(number % SLOTS, FAR, SLOTS):
            name, degrees = _name(self._seed, 2000 + one, 0), PLACES_DEG[one % len(PLACES_DEG)]
            yield self._bsm(name, number, stamp_ns, (0.0, 0.0), 10.0, 90.0, degrees=degrees)

    def _other_region(self, number: int, stamp_ns: int) -> Iterator[HeardFrame]:
        """Yield vehicles 3 km away, and messages of a unit there, under the right AIDs and a wrong one."""
        for one in range(number % SLOTS, OTHER_REGION, SLOTS):
            yield self._bsm(_name(self._seed, 3000 + one, 0), number, stamp_ns, (3000.0, 10.0 * one), 10.0, 0.0)
        if number % SLOTS == 0:
            for aid in (v2x.SERVICES["rsm"].aid, BSM_AID):
                yield HeardFrame(77, AIR_NS, -80, dsmp.frame(aid, v2x.encode(_foreign(stamp_ns))), aid)

    def _noise(self, number: int, count: int) -> Iterator[HeardFrame]:
        random = generator(self._seed, "noise", number)
        for turn in range(count):
            frame = random.bytes(int(random.integers(1, 1400 if turn % 4 == 0 else 60)))
            body = dsmp.frame(BSM_AID, frame) if turn % 2 and len(frame) < 1390 else frame
            yield HeardFrame(int(random.integers(1, 1 << 24)), AIR_NS, -90, body)

    def _again(self, number: int, count: int) -> Iterator[HeardFrame]:
        if not self._heard:
            return
        random = generator(self._seed, "again", number)
        for index in random.integers(len(self._heard), size=count).tolist():
            yield self._heard[index]

    def _bsm(
        self,
        name: bytes,
        number: int,
        stamp_ns: int,
        place: tuple[float, float],
        speed: float,
        heading: float,
        siren: bool = False,
        degrees: tuple[float, float] | None = None,
    ) -> HeardFrame:
        latitude, longitude = degrees or to_wgs84(*place, self._reference)
        message = v2x.BasicSafetyMessage(
            msg_cnt=number // SLOTS % 128,
            id=name,
            sec_mark_ms=stamp_ns // 1_000_000 % 60_000,
            position=v2x.Position(latitude_deg=float(latitude), longitude_deg=float(longitude)),
            position_confidence=v2x.PositionConfidenceSet(position="a50cm"),
            transmission="forwardGears",
            speed_mps=float(speed),
            heading_deg=heading,
            acceleration=v2x.Acceleration(
                longitudinal_mps2=None, lateral_mps2=None, vertical_mps2=None, yaw_rate_dps=0.0
            ),
            brakes=v2x.BrakeSystemStatus(),
            size=v2x.Size(width_m=1.8, length_m=4.6, height_m=1.5),
            vehicle_class=v2x.VehicleClassification(classification=v2x.BasicVehicleClass.PASSENGER_CAR),
            emergency=ON_ITS_WAY if siren else None,
        )
        aid = v2x.SERVICES["bsm-emergency"].aid if siren else BSM_AID
        return HeardFrame(int.from_bytes(name[-3:]), AIR_NS, -60, dsmp.frame(aid, v2x.encode(message)), aid)


def _on_road(arm: int, along: float, aside: float) -> tuple[tuple[float, float], float]:
    """Return place and heading of a vehicle that drives straight over the crossing, `aside` m from the middle."""
    places = ((abs(aside), along), (along, -abs(aside)), (-abs(aside), -along), (-along, abs(aside)))
    return places[arm], 90.0 * arm


def _foreign(stamp_ns: int) -> v2x.RoadsideSafetyMessage:
    """Return messages of a unit of another region."""
    here = v2x.Position(latitude_deg=22.6, longitude_deg=114.2, elevation_m=5.0)
    unit = v2x.Participant(
        ptc_type="rsu", ptc_id=0, source="selfinfo", sec_mark_ms=stamp_ns // 1_000_000 % 60_000, position=here,
        position_confidence=v2x.PositionConfidenceSet(position="a1m"), speed_mps=0.0, heading_deg=0.0,
        size=v2x.Size(width_m=None, length_m=None),
    )  # fmt: skip
    return v2x.RoadsideSafetyMessage(msg_cnt=1, id=b"OTHER-RS", position=here, participants=(unit,))
