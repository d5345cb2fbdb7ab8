"""The contract between a device's driver and the link that carries its bytes.

A driver translates: device bytes, cut anywhere, to measurements, and back. It never opens, reads or waits; the
link does (`hw/link.py`). Each driver module holds one `Settings` model and one class with this shape; the table
of drivers is `hw/registry.py`.
"""

from __future__ import annotations

from collections import Counter
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from perception.objects import Measurement

Send = tuple[str, bytes]  # (port name, bytes to write there)


class DriverSettings(BaseModel):
    """Base of every driver's settings: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Driver(Protocol):
    """Bytes of one device to measurements. One instance per device; ports by the names in its settings."""

    counters: Counter[str]  # reasons why input was not used, by name, e.g. "checksum", "torn", "duplicate"

    def opened(self, port: str, now_ns: int) -> list[Send]:
        """Start afresh on a port that was just opened: forget half-read input, return what to send first."""

    def received(self, port: str, data: bytes, receipt_ns: int) -> list[Measurement]:
        """Take bytes (a stream's chunk or one datagram) and return what is complete. Never raises on bad bytes."""

    def due(self, now_ns: int) -> list[Send]:
        """Return what has to be written now (polls, configuration dialogue); called about every 20 ms."""
