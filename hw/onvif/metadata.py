"""Metadata of ONVIF cameras: RTP packets to XML documents, and the road users in their frames.

A document is split over packets of one time stamp, the last one marked. Of it is read: Frame@UtcTime, its
Transformation (normalised = value * scale + translate, -1 .. 1, y up), Object@ObjectId, Appearance/Shape/BoundingBox,
Class/Type@Likelihood. Without a transformation boxes are normalised as they are. Names are read without their
namespaces. Documents with a DOCTYPE are refused: entities of entities fill any memory.

Source: ONVIF Streaming and Analytics Specifications, metadatastream.xsd.
"""

from __future__ import annotations

import math
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from hw.intake import Intake
from hw.radar.tracks import Track
from perception.objects import RoadUser

LONGEST = 256 * 1024  # octets of a document
MOST_OBJECTS = 128
MOST_ID = 1 << 31
KINDS = {
    "vehicle": RoadUser.CAR, "car": RoadUser.CAR, "truck": RoadUser.TRUCK, "bus": RoadUser.BUS,
    "motorcycle": RoadUser.MOTORCYCLE, "bicycle": RoadUser.BICYCLE, "bike": RoadUser.BICYCLE,
    "human": RoadUser.PEDESTRIAN, "person": RoadUser.PEDESTRIAN, "pedestrian": RoadUser.PEDESTRIAN,
}  # fmt: skip
NO_ROAD_USERS = {"animal", "face", "licenseplate", "group", "other"}


class OnvifFrame(NamedTuple):
    """One frame: its time, and the road users in it."""

    utc_ns: int | None
    users: list[Track]
    dropped: int  # objects without a usable box, or in excess


class MetadataStream:
    """Packets to documents. Counters: `packet` (that are none of RTP), `torn` (documents with packets missing)."""

    def __init__(self, counters: Intake) -> None:
        self._counters = counters
        self.reset()

    def reset(self) -> None:
        """Forget the half document."""
        self._parts: list[bytes] = []
        self._expected: int | None = None  # sequence number of the next packet
        self._whole = True

    def feed(self, packet: bytes) -> bytes | None:
        """Take a packet and return the document that it completes."""
        payload = _payload(packet)
        if payload is None:
            self._counters.refuse("packet", packet)
            return None
        number = int.from_bytes(packet[2:4], "big")
        self._whole &= self._expected in (None, number) and sum(map(len, self._parts)) + len(payload) <= LONGEST
        self._expected = (number + 1) & 0xFFFF
        self._parts = [*self._parts, payload] if self._whole else []
        if not packet[1] & 0x80:
            return None
        whole, document, self._whole, self._parts = self._whole, b"".join(self._parts), True, []
        if not whole:
            self._counters.refuse("torn", packet)
        return document if whole else None


def _payload(packet: bytes) -> bytes | None:
    """Return the payload of an RTP packet (RFC 3550)."""
    if len(packet) < 12 or packet[0] >> 6 != 2:
        return None
    at = 12 + 4 * (packet[0] & 15)
    if packet[0] & 0x10:
        at += 4 + 4 * int.from_bytes(packet[at + 2 : at + 4], "big")
    end = len(packet) - (packet[-1] if packet[0] & 0x20 else 0)
    return packet[at:end] if at <= end else None


def frames(document: bytes, image_px: tuple[int, int], least: float) -> list[OnvifFrame]:
    """Return the frames of a document; ValueError: it is no metadata. `least`: likelihood of a class to be used."""
    if b"<!DOCTYPE" in document or b"<!ENTITY" in document:
        raise ValueError("a document type")
    try:
        root = ElementTree.fromstring(document)
    except (ElementTree.ParseError, LookupError) as error:  # the latter of an unknown encoding
        raise ValueError(str(error)) from error
    if _name(root) != "MetadataStream":
        raise ValueError(f"{_name(root)} instead of MetadataStream")
    return [_frame(each, image_px, least) for each in root.iter() if _name(each) == "Frame"]


def _frame(frame: ElementTree.Element, image_px: tuple[int, int], least: float) -> OnvifFrame:
    moved, scaled = (_pair(_first(frame, name)) for name in ("Translate", "Scale"))
    placing = (moved or (0.0, 0.0), scaled or (1.0, 1.0))
    objects = [each for each in frame if _name(each) == "Object"]
    users = [one for each in objects[:MOST_OBJECTS] if (one := _user(each, placing, image_px, least)) is not None]
    return OnvifFrame(_time_ns(frame.get("UtcTime", "")), users, len(objects) - len(users))


Placing = tuple[tuple[float, float], tuple[float, float]]  # translate, scale


def _user(seen: ElementTree.Element, placing: Placing, image_px: tuple[int, int], least: float) -> Track | None:
    """Return one road user; None: it is none, or has no box."""
    kind, likelihood = _kind(seen)
    box = _first(seen, "BoundingBox")
    if kind is None or likelihood < least or box is None:
        return None
    (moved_x, moved_y), (scale_x, scale_y) = placing
    sides = [_number(box, name) for name in ("left", "right", "top", "bottom")]
    u = sorted((value * scale_x + moved_x + 1) / 2 * image_px[0] for value in sides[:2])
    v = sorted((1 - value * scale_y - moved_y) / 2 * image_px[1] for value in sides[2:])
    if not all(map(math.isfinite, (*u, *v))) or max(map(abs, (*u, *v))) > 1e5 or u[0] == u[1] or v[0] == v[1]:
        return None
    text = seen.get("ObjectId", "")
    number = int(text) % MOST_ID if text.isdecimal() and len(text) < 20 else -1
    sure = likelihood if likelihood <= 1 else math.nan
    return Track(number, math.nan, math.nan, kind=kind, confidence=sure, box_px=(u[0], v[0], u[1], v[1]))


def _kind(seen: ElementTree.Element) -> tuple[RoadUser | None, float]:
    """Return the likeliest class and its likelihood, inf where none is said; None: it is no road user."""
    types = [each for each in seen.iter() if _name(each) == "Type" and (each.text or "").strip()]
    if not types:
        return RoadUser.UNKNOWN, math.inf
    best = max(types, key=lambda each: _number(each, "Likelihood") if each.get("Likelihood") else 0.0)
    word = (best.text or "").strip().lower()
    likelihood = _number(best, "Likelihood")
    kind = None if word in NO_ROAD_USERS else KINDS.get(word, RoadUser.UNKNOWN)
    return kind, math.inf if math.isnan(likelihood) else likelihood


def _first(element: ElementTree.Element, name: str) -> ElementTree.Element | None:
    return next(_named(element, name), None)


def _named(element: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    return (each for each in element.iter() if _name(each) == name)


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _pair(element: ElementTree.Element | None) -> tuple[float, float] | None:
    return None if element is None else (_number(element, "x"), _number(element, "y"))


def _number(element: ElementTree.Element, name: str) -> float:
    try:
        return float(element.get(name, "nan"))
    except ValueError:
        return math.nan


def _time_ns(text: str) -> int | None:
    """Return a time of XML in ns UTC; None: it is none, or names no zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000_000 + since.microseconds * 1000
