"""Conditions that make real pictures harder than drawn ones: ragged bodies, rolling light, wind, rain, night, a codec.

Each is a function of the picture's number and a seed. A real body differs from the road in 0.4 to 0.7 of its outline:
clothes as grey as asphalt, glass that mirrors the sky. By night only lamps, and places that they light, can be seen.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import cv2
import numpy as np

from perception.objects import Floats, RoadUser
from sim.frames import WorldFrame
from sim.video.ground import Picture
from sim.video.picture import Painter

BLOTCHES = (9, 6)  # rows and columns of the patches of a body that look like the road
LIKE_ROAD = 0.85  # share of the road's look in such a patch
CLOUDS_S, CLOUD_EDGE = 11.0, 0.18  # period of the clouds' shadows; width of their edge, of the picture's width
MAST_HZ, TREMBLE = 0.7, 0.25  # of the mast in the wind; share of its sway that is irregular
CROWN = (0.02, 0.10, 0.19, 0.36)  # of the tree: left, top, width, height, shares of the picture
LEAVES_PX, LEAVES_HZ = 14, 0.55  # how far the leaves move, at most; how often
STREAK_PX, STREAK, VEIL = 24, (198, 196, 194), 0.16  # of rain: length, colour, share of haze
LAMPS = (RoadUser.CAR, RoadUser.TRUCK, RoadUser.BUS, RoadUser.MOTORCYCLE)
BEAM_M, BEAM = 22.0, 95.0  # reach of headlights on the road, m; grey levels
GRAIN = 6.0  # grey levels, 1 sigma, of a sensor in the dark
WHITE, RED = (250, 255, 255), (30, 30, 235)


class FilmCondition(NamedTuple):
    """A kind of weather and of picture; as it stands, a clear day."""

    ragged_share: float = 0.0  # share of each body that looks like the road behind it
    cloud_share: float = 0.0  # share of the light that a cloud takes
    sway_px: float = 0.0  # of the mast, 1 sigma
    tree: bool = False  # a tree before the road, in the wind
    streaks: int = 0  # of rain in a picture
    daylight_share: float = 1.0  # share that is left; lamps are on below 0.5
    crf: int = 0  # rate factor of H.264, 0: no codec


CONDITIONS = {
    "clear day": FilmCondition(),
    "ragged": FilmCondition(ragged_share=0.4, crf=28),
    "hard codec": FilmCondition(ragged_share=0.3, crf=38),
    "rolling light": FilmCondition(ragged_share=0.3, cloud_share=0.3, crf=28),
    "wind": FilmCondition(ragged_share=0.3, sway_px=0.35, tree=True, crf=28),
    "shake": FilmCondition(ragged_share=0.3, sway_px=2.5, crf=28),
    "rain": FilmCondition(ragged_share=0.3, streaks=700, crf=28),
    "night": FilmCondition(ragged_share=0.3, daylight_share=0.3, crf=28),
}


class FilmWeather:
    """Shows the view of a painter under a condition."""

    def __init__(self, painter: Painter, condition: FilmCondition, seed: int) -> None:
        self._painter, self._condition, self._seed = painter, condition, seed
        self._crown = _crown(self._chance(0), painter.empty.shape)

    def paint(self, frame: WorldFrame, number: int) -> Picture:
        """Return the picture of the world; `number` counts pictures, and makes their chance."""
        condition, chance = self._condition, self._chance(number + 1)
        shown = self._painter.drawn(frame)
        if condition.ragged_share:
            self._tear(shown, frame)
        seconds = frame.stamp_ns / 1e9
        if condition.tree:
            self._wave(shown, seconds)
        if condition.cloud_share:
            shown = _clouded(shown, seconds, condition.cloud_share)
        if condition.daylight_share < 1.0:
            shown = self._dark(shown, frame, chance)
        if condition.streaks:
            shown = _rained(shown, condition.streaks, chance)
        if condition.sway_px:
            shown = _swayed(shown, seconds, condition.sway_px, chance)
        return self._painter.exposed(shown, frame.stamp_ns, number)

    def _chance(self, number: int) -> np.random.Generator:
        return np.random.default_rng((self._seed, number))

    def _tear(self, shown: Picture, frame: WorldFrame) -> None:
        """Let patches of every body look like the road; a body keeps its patches."""
        nearer = np.zeros(shown.shape[:2], np.uint8)
        for row, mask in reversed(self._painter.silhouettes(frame)):
            left, top, width, height = cv2.boundingRect(mask)
            place = slice(top, top + height), slice(left, left + width)
            if width and height:
                patches = self._chance(int(frame.id[row])).random(BLOTCHES, dtype=np.float32)
                spread = cv2.resize(patches, (width, height), interpolation=cv2.INTER_CUBIC)
                torn = (spread < np.quantile(spread, self._condition.ragged_share)) & (mask[place] > nearer[place])
                mixed = cv2.addWeighted(shown[place], 1 - LIKE_ROAD, self._painter.empty[place], LIKE_ROAD, 0)
                shown[place][torn] = mixed[torn]
            nearer |= mask

    def _wave(self, shown: Picture, seconds: float) -> None:
        """Draw a tree whose leaves the wind moves."""
        height, width = shown.shape[:2]
        left, top = round(CROWN[0] * width), round(CROWN[1] * height)
        rows, columns = np.indices(self._crown.shape[:2], dtype=np.float32)
        phase = 2 * math.pi * LEAVES_HZ * seconds
        across = LEAVES_PX * np.sin(np.float32(phase) + columns / 70) * np.sin(np.float32(phase / 3.7) + rows / 90)
        crown = cv2.remap(self._crown, columns + across, rows + across / 3, cv2.INTER_LINEAR)
        place = slice(top, top + crown.shape[0]), slice(left, left + crown.shape[1])
        leaves = crown[..., 3] > 127
        shown[place][leaves] = crown[..., :3][leaves]

    def _dark(self, shown: Picture, frame: WorldFrame, chance: np.random.Generator) -> Picture:
        """Take the daylight away and switch the lamps on."""
        light = np.zeros(shown.shape[:2], np.float32)
        lamps: list[tuple[Floats, tuple[int, int, int]]] = []
        for row in np.flatnonzero(np.isin(frame.kind, LAMPS)):
            beam, ends = self._lamps(frame, int(row))
            if np.isfinite(beam).all():
                cv2.fillConvexPoly(light, np.round(beam).astype(np.int32), BEAM, cv2.LINE_AA)
            lamps += [(place, colour) for place, colour in ends if np.isfinite(place).all()]
        spread = np.asarray(cv2.GaussianBlur(light, (0, 0), 9))
        lit = shown * (self._condition.daylight_share + spread[..., None] / 255)
        dark: Picture = np.clip(lit + chance.normal(0, GRAIN, shown.shape[:2])[..., None], 0, 255).astype(np.uint8)
        for place, colour in lamps:
            cv2.circle(dark, np.round(place).astype(int).tolist(), 4, colour, -1, cv2.LINE_AA)
        return dark

    def _lamps(self, frame: WorldFrame, row: int) -> tuple[Floats, list[tuple[Floats, tuple[int, int, int]]]]:
        """Return the lit place on the road (4, 2) px, and the lamps that face the camera, with their colours."""
        angle = math.radians(float(frame.heading_deg[row]))
        ahead, left = np.array([math.sin(angle), math.cos(angle)]), np.array([-math.cos(angle), math.sin(angle)])
        place, (length, width, _) = frame.position_m[row], frame.size_m[row]
        front, rear = place + ahead * length / 2, place - ahead * length / 2
        beam = np.array(
            [front + left, front - left, front + ahead * BEAM_M - left * 3, front + ahead * BEAM_M + left * 3]
        )
        beam = self._painter.pixels(np.column_stack([beam, np.zeros(4)]))
        faces = float(ahead @ (self._painter.place_m[:2] - place)) > 0
        end, colour = (front, WHITE) if faces else (rear, RED)
        ends = np.array([[*(end + side * left * width * 0.4), 0.7] for side in (-1, 1)])
        return beam, [(pixel, colour) for pixel in self._painter.pixels(ends)]


def _crown(chance: np.random.Generator, shape: tuple[int, ...]) -> Picture:
    """Return a tree's crown for pictures of a shape (height, width, 4): its colours, and where leaves are."""
    height, width = round(CROWN[3] * shape[0]), round(CROWN[2] * shape[1])
    leaves = cv2.resize(chance.random((height // 6, width // 6), dtype=np.float32), (width, height))
    rows, columns = np.indices((height, width))
    round_ = np.hypot(rows / height - 0.5, columns / width - 0.5) < 0.38 + 0.25 * (leaves - 0.5)
    colour = np.array([46, 92, 60], np.float32) * (0.4 + leaves[..., None])
    return np.dstack([np.clip(colour, 0, 255), 255.0 * round_]).astype(np.uint8)


def _clouded(shown: Picture, seconds: float, share: float) -> Picture:
    """Let the shadows of clouds pass over the picture."""
    across = np.arange(shown.shape[1], dtype=np.float32) / shown.shape[1]
    phase = (2 * (seconds / CLOUDS_S - across / 4)) % 2.0
    dark = 1 / (1 + np.exp((np.abs(phase - 1) - 0.5) / (CLOUD_EDGE / 4)))
    clouded: Picture = np.clip(shown * (1 - share * dark)[None, :, None], 0, 255).astype(np.uint8)
    return clouded


def _rained(shown: Picture, streaks: int, chance: np.random.Generator) -> Picture:
    """Draw streaks of rain before a hazy picture."""
    height, width = shown.shape[:2]
    wet = cv2.addWeighted(shown, 1 - VEIL, np.full_like(shown, 170), VEIL, 0)
    for left, top, long in (chance.random((streaks, 3)) * [width, height, STREAK_PX]).astype(int).tolist():
        cv2.line(wet, (left, top), (left + long // 6, top + 10 + long), STREAK, 1, cv2.LINE_AA)
    return wet


def _swayed(shown: Picture, seconds: float, sway_px: float, chance: np.random.Generator) -> Picture:
    """Shift the picture as a mast does in the wind."""
    steady = math.sqrt(2) * np.array([math.sin(2 * math.pi * MAST_HZ * seconds), 0.4])
    across, down = sway_px * ((1 - TREMBLE) * steady + TREMBLE * chance.normal(0, 1, 2))
    turn = np.array([[1, 0, across], [0, 1, down]])
    return cv2.warpAffine(shown, turn, shown.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
