"""Vehicles that lie: false messages of their units, by the names of the F2MD and VeReMi attack types.

A lie is a function of the honest message, of the time since it began, and of the liar's memory.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import msgspec
import numpy as np

from perception.geo import Reference, to_site, to_wgs84
from v2x import BasicSafetyMessage, Position

GRID_M = (5.0, 2.0)  # between the vehicles of a Sybil grid, along and across
GRID = 5  # vehicles
DOS = 4  # times the rate
DELAY_S = 5.0  # of a message that is sent again


@dataclass
class Liar:
    """One vehicle that lies from now on; `source`: layer-2 id of its radio."""

    random: np.random.Generator
    reference: Reference
    remembered: list[BasicSafetyMessage] = field(default_factory=list)  # the honest messages since it began

    def __post_init__(self) -> None:
        """Choose the constant values of the lie."""
        self.angle = self.random.uniform(0, 2 * np.pi)
        self.place = self.random.uniform(-60.0, 60.0, 2)
        self.ids = [self.random.bytes(8) for _ in range(GRID)]

    def at(self, message: BasicSafetyMessage, east: float, north: float) -> BasicSafetyMessage:
        """Return the message with another place, site frame."""
        latitude, longitude = to_wgs84(east, north, self.reference)
        elevation = message.position.elevation_m if message.position else None
        place = Position(latitude_deg=float(latitude), longitude_deg=float(longitude), elevation_m=elevation)
        return msgspec.structs.replace(message, position=place)

    def moved(self, message: BasicSafetyMessage, east: float, north: float) -> BasicSafetyMessage:
        """Return the message with its place moved by so many metres."""
        assert message.position is not None
        here = to_site(message.position.latitude_deg, message.position.longitude_deg, self.reference)
        return self.at(message, float(here[0]) + east, float(here[1]) + north)

    def aside(self, message: BasicSafetyMessage, metres: float) -> BasicSafetyMessage:
        """Return the message with its place moved in the direction of this liar."""
        return self.moved(message, metres * np.sin(self.angle), metres * np.cos(self.angle))


Message = BasicSafetyMessage
Lie = Callable[[Liar, Message, float], list[Message]]  # the honest message, seconds since it began


def _faster(message: Message, by: float) -> Message:
    return msgspec.structs.replace(message, speed_mps=max(0.0, (message.speed_mps or 0.0) + by))


def _anywhere(liar: Liar, message: Message) -> Message:
    return liar.at(message, *liar.random.uniform(-200.0, 200.0, 2))


def _turned(message: Message, by: float) -> Message:
    return msgspec.structs.replace(message, heading_deg=((message.heading_deg or 0.0) + by) % 360.0)


def _stopped(liar: Liar, message: Message) -> Message:
    first = liar.remembered[0]
    return msgspec.structs.replace(message, position=first.position, speed_mps=0.0)


def _again(liar: Liar, message: Message, t: float) -> list[Message]:
    """Send the message of DELAY_S before, with the present time and count."""
    old = liar.remembered[max(0, len(liar.remembered) - 1 - round(DELAY_S * 10))]
    return [msgspec.structs.replace(old, msg_cnt=message.msg_cnt, sec_mark_ms=message.sec_mark_ms)]


def _often(liar: Liar, message: Message, t: float) -> list[Message]:
    marks = [(message.sec_mark_ms or 0) - 25 * (DOS - 1 - step) for step in range(DOS)]
    return [
        msgspec.structs.replace(message, msg_cnt=(message.msg_cnt * DOS + step) % 128, sec_mark_ms=mark % 60_000)
        for step, mark in enumerate(marks)
    ]


def _grid(liar: Liar, message: Message, t: float) -> list[Message]:
    heading = np.radians(message.heading_deg or 0.0)
    ahead = np.array([np.sin(heading), np.cos(heading)]) * GRID_M[0]
    aside = np.array([np.cos(heading), -np.sin(heading)]) * GRID_M[1]
    places = [step // 2 * ahead + step % 2 * aside for step in range(GRID)]
    return [
        msgspec.structs.replace(liar.moved(message, *place), id=name)
        for name, place in zip(liar.ids, places, strict=True)
    ]


def _teleports(liar: Liar, message: Message, t: float) -> list[Message]:
    return [liar.aside(message, 100.0 * (t // 1.0 % 2.0))]


LIES: Mapping[str, Lie] = {
    "constant-position": lambda liar, message, t: [liar.at(message, *liar.place)],
    "constant-offset": lambda liar, message, t: [liar.aside(message, 50.0)],
    "random-position": lambda liar, message, t: [_anywhere(liar, message)],
    "random-offset": lambda liar, message, t: [liar.moved(message, *liar.random.uniform(-70.0, 70.0, 2))],
    "mirrored-position": lambda liar, message, t: [liar.at(message, *_mirrored(liar, message))],
    "teleport": _teleports,
    "constant-speed": lambda liar, message, t: [msgspec.structs.replace(message, speed_mps=25.0)],
    "speed-offset": lambda liar, message, t: [_faster(message, 5.0)],
    "random-speed": lambda liar, message, t: [
        msgspec.structs.replace(message, speed_mps=float(liar.random.uniform(0.0, 40.0)))
    ],
    "random-speed-offset": lambda liar, message, t: [_faster(message, float(liar.random.uniform(-7.0, 7.0)))],
    "zero-speed": lambda liar, message, t: [msgspec.structs.replace(message, speed_mps=0.0)],
    "reversed-heading": lambda liar, message, t: [_turned(message, 180.0)],
    "crossed-heading": lambda liar, message, t: [_turned(message, 90.0)],
    "eventual-stop": lambda liar, message, t: [_stopped(liar, message)],
    "data-replay": _again,
    "stale-messages": lambda liar, message, t: [
        msgspec.structs.replace(message, sec_mark_ms=((message.sec_mark_ms or 0) - 3000) % 60_000)
    ],
    "dos": _often,
    "dos-random": lambda liar, message, t: [_anywhere(liar, each) for each in _often(liar, message, t)],
    "grid-sybil": _grid,
    "grid-sybil-radios": _grid,
}
MANY_RADIOS = {"grid-sybil-radios"}  # each id speaks by a radio of its own


def _mirrored(liar: Liar, message: Message) -> tuple[float, float]:
    assert message.position is not None
    here = to_site(message.position.latitude_deg, message.position.longitude_deg, liar.reference)
    return -float(here[0]), -float(here[1])
