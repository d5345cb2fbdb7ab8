"""Messages to systemd (sd_notify(3)): ready, current activity, sign of life."""

from __future__ import annotations

import os
import socket
import time
from contextlib import suppress

_USUAL_S = 5.0  # between two signs of life where systemd asks for none


class Notifier:
    """The socket that systemd named in our environment; without one nothing is sent."""

    def __init__(self) -> None:
        """Read the environment and clear it: this is not for our children."""
        self._address = os.environ.pop("NOTIFY_SOCKET", "")
        limit_us = int(os.environ.pop("WATCHDOG_USEC", "0")) if os.environ.pop("WATCHDOG_PID", "") else 0
        self._period_s = limit_us / 4e6 or _USUAL_S
        self._told_s = float("-inf")

    def say(self, *facts: str) -> None:
        """Send facts such as READY=1 now; they are lost where systemd does not read."""
        if not self._address:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as sender, suppress(OSError):
            sender.sendto("\n".join(facts).encode(), address)

    def reloading(self) -> None:
        """Tell that a reload has begun; it ends with `ready`."""
        self.say("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def ready(self, status: str) -> None:
        """Tell that the start or a reload has ended, with a line for `systemctl status`."""
        self.say("READY=1", f"STATUS={' '.join(status.split())}")

    def turn(self) -> None:
        """Note that the loop runs; tell systemd when it is due."""
        if time.monotonic() - self._told_s >= self._period_s:
            self._told_s = time.monotonic()
            self.say("WATCHDOG=1")
