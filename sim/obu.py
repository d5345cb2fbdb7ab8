"""The on-board units of the bench: BSMs of equipped vehicles as a radio at the junction hears them.

Every unit has its own identity, phase in the 100 ms, and slowly wandering GNSS error of which it is aware. Vehicles
take turns in slots of 10 ms. Further away more is lost; some received octets are garbage.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

import v2x
from perception.geo import Reference, to_wgs84
from perception.objects import CIRCLE_95, NORMAL_95, Floats, RoadUser
from sim.emulator import generator
from sim.frames import EMERGENCY_OBU, WorldFrame
from sim.lies import LIES, MANY_RADIOS, Liar
from sim.wander import Wander
from v2x import dsmp
from v2x.records.bsm import EmergencyExtensions

SLOT_NS = 10_000_000
SLOTS = 10  # 10 Hz
RANGE_M = 250.0
POSITION_SD_M = (0.5, 1.0)  # horizontal, both axes together: the best and the worst unit
SPEED_SD_MPS = 0.1
HEADING_SD_DEG = 0.5
AIR_NS = (8_000_000, 25_000_000)  # from the position fix to the end of the reception
BETWEEN_NS = 1_000_000  # several messages of one unit
LEAST_LOSS, LOSS_AT_RANGE = 0.01, 0.4
RSSI_AT_10_M_DBM, RSSI_PER_DECADE_DB, RSSI_SD_DB = -48.0, 23.0, 2.0

CLASSES = {
    RoadUser.CAR: v2x.BasicVehicleClass.PASSENGER_CAR,
    RoadUser.TRUCK: v2x.BasicVehicleClass.TRUCK,
    RoadUser.BUS: v2x.BasicVehicleClass.TRANSIT,
    RoadUser.MOTORCYCLE: v2x.BasicVehicleClass.MOTORCYCLE,
}
ON_ITS_WAY = EmergencyExtensions(response="emergency", siren="inUse", lightbar="inUse")


class HeardFrame(NamedTuple):
    """One frame as it arrives at the radio."""

    source: int  # layer-2 id
    air_ns: int  # after the position fix
    rssi: int  # dBm
    frame: bytes  # adaptation layer + DSMP
    aid: int = v2x.SERVICES["bsm"].aid  # as the radio's filter has it


class Unit:
    """One vehicle's on-board unit, for as long as the vehicle drives."""

    def __init__(self, random: np.random.Generator) -> None:
        self.id = random.bytes(8)
        self.source = int(random.integers(0x010001, 0xFFFFFF))
        self.slot = int(random.integers(SLOTS))
        self.first_count = int(random.integers(128))
        self.axis_sd_m = random.uniform(*POSITION_SD_M) / 2**0.5
        self.wander = Wander(random, self.axis_sd_m)


class Fleet:
    """All on-board units around the radio, which stands at the reference point."""

    def __init__(self, seed: int, reference: Reference, garbage_share: float) -> None:
        self._seed = seed
        self._reference = reference
        self._garbage_share = garbage_share
        self._unit = lru_cache(maxsize=1024)(self._make_unit)
        self._liars: dict[int, tuple[str, int, Liar]] = {}  # vehicle -> its lie, and since when

    def heard(self, number: int, frame: WorldFrame) -> list[HeardFrame]:
        """Return frames that the radio receives of the vehicles in turn in slot `number` (counted since the epoch)."""
        random = generator(self._seed, "air", number)
        distances = np.hypot(*frame.position_m.T)
        near = np.flatnonzero((frame.equipped > 0) & (distances <= RANGE_M))
        sending = [int(row) for row in near if self._unit(int(frame.id[row])).slot == number % SLOTS]
        arrivals = (self._arrive(random, number, frame, row, float(distances[row])) for row in sending)
        return sorted((heard for some in arrivals for heard in some), key=lambda heard: heard.air_ns)

    def lie(self, vehicle: int, name: str, begin_ns: int) -> list[str]:
        """Let a vehicle tell a lie of `sim.lies.LIES` from a time on; return its ids (hex) and its radio's source."""
        liar = Liar(generator(self._seed, f"lie {vehicle}", 0), self._reference)
        self._liars[vehicle] = name, begin_ns, liar
        unit = self._unit(vehicle)
        return [str(unit.source), *(one.hex() for one in (unit.id, *liar.ids))]

    def _make_unit(self, vehicle: int) -> Unit:
        return Unit(generator(self._seed, f"obu {vehicle}", 0))

    def _arrive(
        self, random: np.random.Generator, number: int, frame: WorldFrame, row: int, distance: float
    ) -> list[HeardFrame]:
        vehicle = int(frame.id[row])
        unit = self._unit(vehicle)
        message = self._message(random, unit, (unit.first_count + number // SLOTS) % 128, frame, row)
        air_ns = int(random.integers(*AIR_NS))
        rssi = RSSI_AT_10_M_DBM - RSSI_PER_DECADE_DB * np.log10(max(distance, 10) / 10) + random.normal(0, RSSI_SD_DB)
        lost = random.random() < LEAST_LOSS + LOSS_AT_RANGE * (distance / RANGE_M) ** 4
        spoiled = random.random() < self._garbage_share
        heard = []
        for turn, (source, said) in enumerate(self._said(vehicle, unit, message, frame.stamp_ns)):
            data = dsmp.frame(v2x.SERVICES["bsm"].aid, v2x.encode(said))
            data = _spoil(random, data) if spoiled else data
            heard.append(HeardFrame(source, air_ns + turn * BETWEEN_NS, round(rssi), data))
        return [] if lost else heard

    def _said(
        self, vehicle: int, unit: Unit, honest: v2x.BasicSafetyMessage, stamp_ns: int
    ) -> list[tuple[int, v2x.BasicSafetyMessage]]:
        """Return a vehicle's message, the truth as a rule, and its radio."""
        name, begin_ns, liar = self._liars.get(vehicle, ("", 0, None))
        if liar is None or stamp_ns < begin_ns:
            return [(unit.source, honest)]
        liar.remembered.append(honest)
        said = LIES[name](liar, honest, (stamp_ns - begin_ns) / 1e9)
        return [(int.from_bytes(one.id[:3]) if name in MANY_RADIOS else unit.source, one) for one in said]

    def _message(
        self, random: np.random.Generator, unit: Unit, count: int, frame: WorldFrame, row: int
    ) -> v2x.BasicSafetyMessage:
        speed = float(np.hypot(*frame.velocity_mps[row]))
        length, width, height = map(float, frame.size_m[row])
        return v2x.BasicSafetyMessage(
            msg_cnt=count,
            id=unit.id,
            sec_mark_ms=frame.stamp_ns // 1_000_000 % 60_000,
            position=self._position(frame.position_m[row] + unit.wander.at(frame.stamp_ns)),
            position_confidence=v2x.PositionConfidenceSet(
                position=v2x.position_confidence(CIRCLE_95 * unit.axis_sd_m),
            ),
            transmission="forwardGears",
            speed_mps=max(0.0, speed + random.normal(0, SPEED_SD_MPS)),
            heading_deg=(float(frame.heading_deg[row]) + random.normal(0, HEADING_SD_DEG)) % 360,
            motion_confidence=v2x.MotionConfidenceSet(
                speed=v2x.speed_confidence(NORMAL_95 * SPEED_SD_MPS),
                heading=v2x.heading_confidence(NORMAL_95 * HEADING_SD_DEG),
            ),
            acceleration=v2x.Acceleration(
                longitudinal_mps2=None, lateral_mps2=None, vertical_mps2=None, yaw_rate_dps=0.0
            ),
            brakes=v2x.BrakeSystemStatus(),
            size=v2x.Size(width_m=width, length_m=length, height_m=height),
            vehicle_class=v2x.VehicleClassification(
                classification=CLASSES.get(RoadUser(frame.kind[row]), v2x.BasicVehicleClass.UNKNOWN)
            ),
            emergency=ON_ITS_WAY if frame.equipped[row] == EMERGENCY_OBU else None,
        )

    def _position(self, place: Floats) -> v2x.Position:
        latitude, longitude = to_wgs84(place[0], place[1], self._reference)
        return v2x.Position(
            latitude_deg=float(latitude), longitude_deg=float(longitude), elevation_m=self._reference.elevation_m
        )


def _spoil(random: np.random.Generator, frame: bytes) -> bytes:
    """Return the frame cut short, with one octet changed, or replaced by noise."""
    kind, at = random.integers(3), int(random.integers(1, len(frame)))
    if kind == 0:
        return frame[:at]
    if kind == 1:
        return frame[:at] + bytes([frame[at] ^ int(random.integers(1, 256))]) + frame[at + 1 :]
    return random.bytes(len(frame))
