"""Receiving from senders of unknown editions: the edition that makes sense of a message wins.

There is no version on the wire and the application ids are the same. A message whose octets are the same in several
editions is taken for the first of them in the list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from v2x.engine.plain.reader import Skipped
from v2x.errors import DecodeError, UnknownMessageError
from v2x.messages import read
from v2x.profiles import Profile
from v2x.records.messages import Message
from v2x.sanity import doubts


@dataclass(frozen=True, slots=True)
class Received:
    """A message, and how it was read.

    Attributes:
        message: the message.
        profile: the edition that it was read by.
        skipped: parts left out because only a later edition knows them.
        doubts: implausible values; not empty when no edition makes sense of it.
        refused: the editions that were tried before and did not do, and why.

    """

    message: Message
    profile: Profile
    skipped: tuple[Skipped, ...]
    doubts: tuple[str, ...]
    refused: tuple[tuple[Profile, str], ...]

    @property
    def sane(self) -> bool:
        """Whether the message is plausible and encodes to the octets that came."""
        return not self.doubts and not self.skipped


def receive(data: bytes, profiles: Sequence[Profile]) -> Received:
    """Return the message as the first of `profiles` reads it that finds it plausible, with nothing to skip.

    Decoding accepts nothing that does not encode to the same octets again, except where something is skipped. When no
    edition does: the one with the fewest doubts, then the least skipped. UnknownMessageError when all of them say that
    it is a message of a later edition, the first edition's DecodeError when none reads it otherwise.
    """
    readings: list[Received] = []
    refused: list[tuple[Profile, str]] = []
    errors: list[DecodeError] = []
    for profile in profiles:
        try:
            message, skipped = read(data, profile)
        except DecodeError as error:
            errors.append(error)
            refused.append((profile, str(error)))
            continue
        reading = Received(message, profile, skipped, doubts(message), tuple(refused))
        if reading.sane:
            return reading
        readings.append(reading)
        refused.append((profile, "; ".join([*reading.doubts, *(entry.content for entry in skipped)])))
    if readings:
        return min(readings, key=lambda reading: (len(reading.doubts), len(reading.skipped)))
    known = [error for error in errors if not isinstance(error, UnknownMessageError)]
    raise (known or errors)[0]
