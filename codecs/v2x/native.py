"""The C extension as an engine, where it was built."""

from __future__ import annotations

from v2x.fields import WireValue
from v2x.ir import Type

AVAILABLE = False


class Native:
    """Not there yet."""

    def encode(self, type_: Type, value: WireValue) -> bytes:
        """Return the octets of a value."""
        raise ImportError("v2x._uper was not built")

    def decode(self, type_: Type, data: bytes) -> WireValue:
        """Return the value of a whole encoding."""
        raise ImportError("v2x._uper was not built")
