"""The emulated RSU 4.1 radio: takes text by immediate forward, as the bench understands the specification.

Its messages go to the port `air` in the form of the other radio (`sim/radio.py`), behind the DSMP header that the
radio makes. Text that lacks a field or has a bad one is not sent.
"""

from __future__ import annotations

import msgspec

from hw.utc import NS
from sim import agent
from sim.bench import Bench, ForwardSpec
from sim.emulator import Emulator, Write
from sim.frames import WorldFrame
from v2x import CodecError, dsmp

TYPES = {"BSM": 0, "MAP": 1, "RSM": 2, "SPAT": 3, "RSI": 4}  # and the upper half of the message's first octet
MODES = {"CONT", "ALT"}
CHANNELS = range(172, 185)


class ForwardTextError(ValueError):
    """Text that such a radio does not take."""


class ForwardingRadio(Emulator):
    """A radio that takes messages and reports nothing."""

    period_ns = NS

    def __init__(self, name: str, spec: ForwardSpec, bench: Bench) -> None:
        self.phase_ns = round(spec.phase_ms * 1e6)
        self.refused = 0

    def capture(self, number: int, frame: WorldFrame) -> list[Write]:
        """It hears nothing."""
        return []

    def received(self, port: str, data: bytes, now_ns: int) -> list[Write]:
        """Send a message, or do not."""
        try:
            return [Write("air", msgspec.msgpack.encode((now_ns, on_air(data))))]
        except (ForwardTextError, CodecError):
            self.refused += 1
            return []


def on_air(text: bytes) -> bytes:
    """Return the datagram of the bench's air for a text of the host; ForwardTextError: a field is missing or wrong."""
    fields = _fields(text)
    try:
        payload, octets = bytes.fromhex(fields["Payload"]), fields["PSID"].removeprefix("0x")
        psid = bytes.fromhex(octets.rjust(len(octets) + len(octets) % 2, "0"))
        told = fields["Priority"], fields["TxMode"] in MODES, int(fields["TxChannel"]) in CHANNELS
        now = fields["TxInterval"], fields["DeliveryStart"], fields["DeliveryStop"]
        flags = {fields["Signature"], fields["Encryption"]} <= {"True", "False"}
        kind = TYPES[fields["Type"]]
    except (KeyError, ValueError) as error:
        raise ForwardTextError(str(error)) from error
    if fields["Version"] != "0.7" or now != ("0", "", "") or told[1:] != (True, True) or not flags:
        raise ForwardTextError("not version 0.7, or not at once")
    if not told[0].isdecimal() or int(told[0]) > 7 or not payload or payload[0] >> 4 != kind:
        raise ForwardTextError("priority, or payload of another type")
    aid = _aid(psid)
    return agent.transmit(aid, int(told[0]) * 32, dsmp.frame(aid, payload))


def _fields(text: bytes) -> dict[str, str]:
    if not text.endswith(b"\n") or not text.isascii():
        raise ForwardTextError("no lines")
    pairs = [line.strip().partition("=") for line in text.decode("ascii").splitlines()]
    return {name: value for name, _, value in pairs}


def _aid(psid: bytes) -> int:
    """Return the id of a p-encoded PSID: one octet below 0x80, two from 0x8000 on, which stands for 128."""
    if len(psid) == 1 and psid[0] < 0x80:
        return psid[0]
    if len(psid) == 2 and 0x80 <= psid[0] < 0xC0:
        return (psid[0] - 0x80 << 8) + psid[1] + 128
    raise ForwardTextError(f"PSID {psid.hex()}")
