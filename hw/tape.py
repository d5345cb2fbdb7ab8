"""The input of the devices, kept so that it can be repeated: records of a recording (`hw/device.py` fills them)."""

from __future__ import annotations

import msgspec


class LinkState(msgspec.Struct, frozen=True):
    """One port's link, as its device saw it from some moment on."""

    device: str
    port: str
    openings: int  # since the device was made
    up: bool
    alive: bool
    error: str | None
    counters: dict[str, int]


class Read(msgspec.Struct, frozen=True):
    """Bytes that were read from a port at once, or one datagram."""

    device: str
    port: str
    receipt_ns: int  # steady, right after the read
    data: bytes


class SystemClock(msgspec.Struct, frozen=True, omit_defaults=True):
    """The system clock's reading beside steady time (`hw/timescale.py`)."""

    correction_ns: int = 0  # UTC less steady time: the steps since the process began
    slewed_ns: int = 0  # by how much steady time itself was pushed since, UTC with it; forward is +
    unset: bool = False  # it says a time before this software was made


AS_BEGUN = SystemClock()


class Round(msgspec.Struct, frozen=True):
    """One round of the loop that serves the devices: they were ticked at `now_ns` (steady), then gave these bytes."""

    now_ns: int
    links: list[LinkState]  # those that changed up to the moment when the devices had their turn to write
    reads: list[Read]
    correction_ns: int = 0  # as in `SystemClock`
