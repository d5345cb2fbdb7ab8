"""Errors of foreign maps."""

from __future__ import annotations

from hw.detail import Detail
from rsu.core.errors import RsuError


class MapError(RsuError):
    """A map that cannot be read or built; one sentence with the place where one is known."""

    def __init__(self, text: Detail) -> None:
        super().__init__(text)


class PlaceUnknownError(MapError):
    """Something that the user must say first: a crossing, a datum, a place on earth."""
