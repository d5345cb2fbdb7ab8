"""Errors of the devices' room, and their causes.

    DeviceError
    ├── UnknownDriverError   a site file names a kind for which no driver is built in or installed
    ├── AgentError           a datagram or a payload that the radio's agent protocol does not allow
    ├── MessageError         a body with a good checksum that is no GA/T 1743 message; its driver counts it
    ├── ProfileError         a radar's .cfg file that cannot be read or lacks parameters that the driver needs
    └── LinkError            a channel cannot carry bytes now; `Link` handles it, no other part sees it
        ├── OpenError        no such port, permission, used by another process, refused, not reachable
        └── LostError        was open and is not: hang-up, reset, end of stream, leads elsewhere, quiet too long

Bad bytes of a device are no error: drivers count them by reason.
"""

from __future__ import annotations

from typing import ClassVar


class DeviceError(Exception):
    """Base of the errors of this package."""


class UnknownDriverError(DeviceError):
    """No driver of this kind is built in or installed."""


class ProfileError(DeviceError, ValueError):
    """A radar's profile cannot be used."""


class LinkError(DeviceError):
    """A channel cannot carry bytes now."""

    reason: ClassVar[str]  # under which it is counted


class OpenError(LinkError):
    """The channel could not be opened."""

    reason = "open-failed"


class LostError(LinkError):
    """The channel was open and is not any more."""

    reason = "lost"
