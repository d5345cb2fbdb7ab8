"""asn1tools as the reference of the engines: its codec, made as strict as ours."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import Any

import asn1tools

import v2x
from v2x.engine.definitions import definitions

FRAME, EXTENDED = "MessageFrame", "msgFrameExt"


class RefusedError(Exception):
    """The value or the octets are not of the profile, or asn1tools `cannot` tell: extended bit strings."""

    @property
    def cannot(self) -> bool:
        cause = self.__cause__
        return cause.cannot if isinstance(cause, RefusedError) else isinstance(cause, NotImplementedError)


class Reference:
    """One profile, compiled by asn1tools.

    An open type (the message in a frame of phase II) is compiled as octets; here they become (type, value) by the
    message id beside them.
    """

    def __init__(self, profile: v2x.Profile) -> None:
        types = deepcopy(dict(definitions(profile)))  # compiling changes its input
        module: dict[str, Any] = {"imports": {}, "types": types, "values": {}, "object-classes": {}, "object-sets": {}}
        module |= {"extensibility-implied": False, "tags": "AUTOMATIC"}
        self.specification = asn1tools.compile_dict({"V2X": module}, "uper")
        members = types["MessageFrameExt"]["members"] if "MessageFrameExt" in types else []
        given = (member["types"] for member in members if member and "types" in member)
        self._messages: dict[int, str] = next(given, {})

    def encode(self, value: Any, pdu: str = FRAME) -> bytes:
        """Return the octets of a value."""
        try:
            return self._encode(value, pdu, check_types=True)
        except Exception as error:  # asn1tools lets more than its own errors escape
            raise RefusedError from error

    def decode(self, data: bytes, pdu: str = FRAME) -> Any:
        """Return a value.

        asn1tools checks neither ranges nor the end of the data, and takes extensions for None: encoding the value again
        finds all of it.
        """
        try:
            value = self.specification.decode(pdu, data)
            if pdu == FRAME and value[0] == EXTENDED and value[1]["messageId"] in self._messages:
                name = self._messages[value[1]["messageId"]]
                value[1]["value"] = name, self.decode(value[1]["value"], name)
            again = self._encode(value, pdu, check_types=False)
        except Exception as error:  # asn1tools lets more than its own errors escape
            raise RefusedError from error
        if again != data:
            raise RefusedError
        return value

    def _encode(self, value: Any, pdu: str, check_types: bool) -> bytes:
        if pdu == FRAME and value[0] == EXTENDED and not isinstance(value[1]["value"], bytes):
            name, inner = value[1]["value"]
            value = EXTENDED, {**value[1], "value": self._encode(inner, name, check_types)}
        return bytes(self.specification.encode(pdu, value, check_types=check_types, check_constraints=True))


@cache
def reference(profile: v2x.Profile) -> Reference:
    """Return the reference of a profile."""
    return Reference(profile)
