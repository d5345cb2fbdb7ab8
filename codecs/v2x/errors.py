"""Errors of this package. No octets and no JSON make it raise anything else.

CodecError
├── DecodeError               the bytes are not a message of the profile: cut off, trailing octets, value out of range,
│   │                         not encoded as the rules demand
│   └── UnknownMessageError   a frame of a later edition (phase II: first octet 0x80), to be skipped
└── EncodeError               the value does not fit the profile: member missing, unknown or of the wrong kind, list too
    │                         long, no value and no code for "unavailable", frame too long
    └── RangeError            a record was made with a field beyond its limits
"""

from __future__ import annotations


class CodecError(Exception):
    """Root of the tree: the reason of a failure and, where it is known, the field.

    `path` leads to the field with dots, as in `MessageFrame.rsmFrame.participants.0.speed`; "" when it is not known.
    `bit` is where decoding found it, counted from the first bit; None when it is not known.
    """

    def __init__(self, reason: str, path: str = "", bit: int | None = None) -> None:
        text = reason if bit is None else f"{reason} (bit {bit})"
        super().__init__(f"{path}: {text}" if path else text)
        self.reason = reason
        self.path = path
        self.bit = bit

    def inside(self, parent: str) -> CodecError:
        """Return the same error seen from the enclosing field `parent`."""
        return type(self)(self.reason, f"{parent}.{self.path}" if self.path else parent, self.bit)


class DecodeError(CodecError):
    """The bytes are not a message of the profile."""


class UnknownMessageError(DecodeError):
    """A frame alternative that the profile does not know."""


class EncodeError(CodecError):
    """The value cannot be expressed in the profile."""


class RangeError(EncodeError, ValueError):
    """A record was made with a field beyond its limits; `path` is record and field, as in `Participant.ptc_id`."""
