"""Driver of a roadside radio that takes messages by "immediate forward" of the USDOT RSU Specification 4.1.

One datagram of text a message, usually to UDP port 1516; lines of NAME=VALUE, ended by a line feed:

    Version=0.7
    Type=SPAT                    the message type, for the radio's log
    PSID=0x8DA3                  the AID, p-encoded as on air (3619) or as the number itself (0xE23): `psid`
    Priority=5                   0..7, 7 the highest: the eighth of the DSM priority
    TxMode=CONT                  CONT: the channel belongs to the radio all the time, ALT: every other 50 ms
    TxChannel=183                172..183; 183: 5905 to 5925 MHz, the band of C-V2X in China
    TxInterval=0                 0: once, now
    DeliveryStart=               empty: now
    DeliveryStop=
    Signature=False              whether the radio signs it
    Encryption=False
    Payload=...                  hexadecimal digits of the UPER message, without DSMP header: the radio makes that

The radio answers nothing: whether it is there and sends cannot be told from here. Messages that it receives it passes
on as bare UPER, without the layer-2 id of their sender, by which senders are judged: they are counted and not used.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from hw.driver import AirMessage, DeviceSettings, Send
from hw.endpoint import Endpoint, Port, Way
from hw.intake import Intake
from hw.modality import V2X, Modality
from perception.objects import Measurement

MOST_OCTETS = 1400  # of a payload (RSU 4.1)
_ONE_OCTET = 0x80  # AIDs below it are p-encoded in one octet, as they are
_TWO_OCTETS = 0x7F80  # added by p-encoding to the others
_TEXT = (
    "Version=0.7\nType={type}\nPSID=0x{psid:X}\nPriority={priority}\nTxMode={mode}\nTxChannel={channel}\n"
    "TxInterval=0\nDeliveryStart=\nDeliveryStop=\nSignature={sign}\nEncryption=False\nPayload={payload}\n"
)


class Rsu41Settings(DeviceSettings):
    """Where the radio is, and how it is to send."""

    link: Endpoint
    psid: Literal["p-encoded", "number"] = Field("p-encoded", description="form of PSID in the text")
    payload: Literal["message", "dsm"] = Field(
        "message",
        description="message: UPER alone; dsm: with adaptation layer and DSMP header, for radios that add none",
    )
    channel: int = Field(183, ge=172, le=184, description="TxChannel; 183: 5905 to 5925 MHz")
    mode: Literal["CONT", "ALT"] = Field("CONT", description="TxMode; ALT: every other 50 ms")
    sign: bool = Field(False, description="the radio signs what it sends")

    def ports(self) -> dict[str, Port]:
        """Return the one port, on which the radio never has to speak."""
        return {"link": Port(self.link, None)}


class Rsu41:
    """Messages for the air as text. Counters: `size` (payloads refused), `unused` (datagrams received)."""

    Settings: ClassVar[type[DeviceSettings]] = Rsu41Settings
    modality: ClassVar[Modality] = V2X
    ways: ClassVar[tuple[Way, ...]] = ("udp",)
    correction_ns = 0

    def __init__(self, name: str, settings: Rsu41Settings) -> None:
        self.name = name
        self.counters = Intake()
        self.error: str | None = None  # the radio tells of none
        self._settings = settings

    def opened(self, port: str, now_ns: int) -> list[Send]:
        """Nothing is kept, nothing has to be said first."""
        return []

    def received(self, port: str, data: bytes, receipt_ns: int) -> list[Measurement]:
        """Count a received message: nothing tells its sender."""
        self.counters.note("unused", data)
        return []

    def due(self, now_ns: int) -> list[Send]:
        """Nothing is asked."""
        return []

    def transmit(self, message: AirMessage) -> list[Send]:
        """Return the text that makes the radio send a message once, now; nothing for one that is too long for it."""
        settings = self._settings
        payload = message.payload if settings.payload == "message" else message.frame
        if not 0 < len(payload) <= MOST_OCTETS:
            self.counters["size"] += 1
            return []
        text = _TEXT.format(
            type=message.kind.upper(),
            psid=message.aid if settings.psid == "number" else p_encoded(message.aid),
            priority=message.priority // 32,
            mode=settings.mode,
            channel=settings.channel,
            sign=settings.sign,
            payload=payload.hex().upper(),
        )
        return [("link", text.encode("ascii"))]


def p_encoded(aid: int) -> int:
    """Return the octets of an AID on air as one number: 0..127 as it is, 128..16511 in two octets."""
    return aid if aid < _ONE_OCTET else aid + _TWO_OCTETS
