"""The contract between a device's driver and the link that carries its bytes.

A driver translates: device bytes, cut anywhere, to measurements, and back. It never opens, reads or waits; the
link does (`hw/link.py`). Each driver is one class with this shape, made with `(name, settings)`, that
carries its settings model as `Settings`; the table of drivers is `hw/registry.py`.

All times that a driver is given, and those of its measurements, are steady (`hw/timescale.py`). Times that a device
gets are UTC: steady time plus the correction.
"""

from __future__ import annotations

from collections import Counter
from typing import Protocol

from pydantic import Field

from hw.endpoint import Port, Strict
from perception.objects import Measurement

Send = tuple[str, bytes]  # (port name, bytes to write there)


class DriverSettings(Strict):
    """Base of every driver's settings: unknown keys are errors, values never change."""


class DeviceSettings(DriverSettings):
    """Settings of every device beside the driver's own: its connection, and the silence that counts as a loss."""

    silence_ms: int = Field(2000, ge=100, le=600_000, description="quiet for longer than this: lost, opened again")
    reopen_ms: int = Field(500, ge=100, le=60_000, description="longest wait between two attempts to open")

    def ports(self) -> dict[str, Port]:
        """Return where the device's ports are, by the names that its driver uses."""
        raise NotImplementedError


class Driver(Protocol):
    """Bytes of one device to measurements. One instance per device; ports by the names in its settings."""

    counters: Counter[str]  # reasons why input was not used, by name, e.g. "checksum", "torn", "duplicate"
    error: str | None  # the fault that the device itself reports; None: no fault
    correction_ns: int  # UTC less steady time, kept current by the device; 0 in the class

    def opened(self, port: str, now_ns: int) -> list[Send]:
        """Start afresh on a port that was just opened: forget half-read input, return the first requests to send."""

    def received(self, port: str, data: bytes, receipt_ns: int) -> list[Measurement]:
        """Take bytes (a chunk of a stream or a datagram); return complete measurements. Never raises on bad bytes."""

    def due(self, now_ns: int) -> list[Send]:
        """Return the requests to write now (polls, dialogues); asked every 10 to 20 ms while all ports are open."""


class AirMessage(Protocol):
    """A message for the air, bare and framed: radios differ in which of the two they want to be handed."""

    @property
    def kind(self) -> str:
        """Message type, in lower case: bsm, map, rsm, spat, rsi."""

    @property
    def aid(self) -> int:
        """Application id; the same as the PSID."""

    @property
    def priority(self) -> int:
        """DSM priority, 0..255, 255 the highest."""

    @property
    def payload(self) -> bytes:
        """The message itself, UPER."""

    @property
    def frame(self) -> bytes:
        """The payload behind adaptation layer and DSMP header (YD/T 3707, GB/T 31024.3)."""


class Transmitter(Driver, Protocol):
    """A driver whose device also sends to the air."""

    def transmit(self, message: AirMessage) -> list[Send]:
        """Return the requests that make the device send a message now."""
