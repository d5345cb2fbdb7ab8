"""Orders to the recorder of a running daemon."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from rsu.bus import desk

SOCKET = "recorder-orders.ipc"  # in the run folder


class RecorderOrder(msgspec.Struct, frozen=True):
    """An order to the recorder."""

    verb: Literal["start", "stop", "keep"]
    why: str = ""


class RecorderAnswer(msgspec.Struct, frozen=True):
    """The result of an order."""

    state: str
    files: list[str]  # those that are kept


class RecorderDesk(desk.Desk[RecorderOrder, RecorderAnswer]):
    """The recorder's side."""

    def __init__(self, run: Path) -> None:
        super().__init__(run / SOCKET, RecorderOrder, RecorderAnswer("not understood", []))


def ask(run: Path, order: RecorderOrder) -> RecorderAnswer:
    """Give an order and return the answer. NotReachableError: no recorder answers in the run folder."""
    return desk.ask(run / SOCKET, order, RecorderAnswer, "recorder")
