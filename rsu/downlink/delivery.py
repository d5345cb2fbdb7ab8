"""A command as MQTT 5 delivers it, and the answer to it. No platform's words: dialects map topics to commands."""

from __future__ import annotations

from typing import NamedTuple


class CommandTopic(NamedTuple):
    """One topic on which the platform gives commands."""

    command: str  # name of its row in `rsu.downlink.table`
    answers: str  # topic of the answers; empty: the standard prints none


class Delivery(NamedTuple):
    """One message on a topic of commands."""

    topic: str
    command: str
    body: bytes
    utc_ns: int  # of its receipt
    qos: int = 1
    retained: bool = False
    expiry_s: int | None = None  # Message Expiry Interval that is left
    response_topic: str = ""
    correlation: bytes = b""
    signature: str = ""  # user property `signature`: `rsu.downlink.signature`
    issuer: str = ""  # user property `issuer`, of a command without a signature


class CommandAnswer(NamedTuple):
    """An answer, ready to be published at QoS 1."""

    topic: str
    body: bytes
    correlation: bytes
