"""A message for the air, as the station hands it to a radio's driver."""

from __future__ import annotations

from typing import NamedTuple

from v2x import dsmp


class AirPiece(NamedTuple):
    """A message in all its parts."""

    kind: str
    aid: int
    priority: int
    payload: bytes
    frame: bytes


def piece(payload: bytes, kind: str = "spat", aid: int = 3619, priority: int = 176) -> AirPiece:
    """Return a message with its frame."""
    return AirPiece(kind, aid, priority, payload, dsmp.frame(aid, payload, 70_000))
