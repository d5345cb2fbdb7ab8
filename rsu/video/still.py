"""A still picture of a running camera, for its calibration: asked for over a desk in the run folder."""

from __future__ import annotations

from pathlib import Path

import msgspec

from rsu.bus import desk


class StillOrder(msgspec.Struct, frozen=True):
    """An order for the newest picture."""


class StillAnswer(msgspec.Struct, frozen=True):
    """A picture; without octets: none has come yet."""

    stamp_ns: int  # UTC, of exposure
    jpeg: bytes


class StillDesk(desk.Desk[StillOrder, StillAnswer]):
    """The camera's side."""

    def __init__(self, run: Path, camera: str) -> None:
        super().__init__(_place(run, camera), StillOrder, StillAnswer(0, b""))


def ask(run: Path, camera: str) -> StillAnswer:
    """Return the newest picture of a camera. NotReachableError: no such camera runs with this run folder."""
    return desk.ask(_place(run, camera), StillOrder(), StillAnswer, f"camera {camera}")


def _place(run: Path, camera: str) -> Path:
    return run / f"still-{camera}.ipc"
