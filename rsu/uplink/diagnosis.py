"""Causes of a missing connection and their remedies, from errors of sockets and TLS and answers of the broker."""

from __future__ import annotations

import errno
import re
import socket
import ssl
from datetime import UTC, datetime
from typing import NamedTuple

from rsu.site.uplink import PlatformSettings


class Cause(NamedTuple):
    """One fault. `stubborn`: trying again soon will not help, an engineer has to act."""

    cause: str
    remedy: str
    stubborn: bool = False

    def __str__(self) -> str:
        return f"{self.cause}: {self.remedy}"


NO_MQTT_5 = Cause(
    "the broker offers MQTT 3.1.1 only", "this box needs MQTT 5: use a broker that has it, or switch it on there", True
)
TAKEN_OVER = Cause(
    "another client has connected under this box's name",
    "every box needs an rscu_sn of its own; look for a second box or a test client with the same one",
    True,
)
UNREADABLE = Cause("the broker's answer to CONNECT cannot be read", "see its log; is it one for MQTT 5?", True)
QOS_0_ONLY = Cause("the broker takes QoS 0 only", "it is used from now on")
_NOT_MQTT = "this is no MQTT broker"

# reason codes of CONNACK and DISCONNECT, MQTT 5 table 2-6
_REASONS: dict[int, Cause] = {
    0x80: Cause("the broker refuses without a reason", "see the broker's log"),
    0x81: Cause("the broker reports malformed packets", "see the broker's log; is it a broker for MQTT 5?", True),
    0x82: Cause("the broker reports a protocol error", "see the broker's log", True),
    0x84: NO_MQTT_5,
    0x85: Cause("the broker does not accept this box's name", "identity.rscu_sn must be one that it knows", True),
    0x86: Cause("the broker does not know user and password", "check username and password_file", True),
    0x87: Cause("the broker does not authorise this box", "allow its user, certificate or rscu_sn at the broker", True),
    0x88: Cause("the broker is not available", "it is tried again"),
    0x89: Cause("the broker is busy", "it is tried again"),
    0x8A: Cause("the broker has banned this box", "ask its operator", True),
    0x8B: Cause("the broker shuts down", "it is tried again"),
    0x8C: Cause(
        "the broker requires another authentication method", "only passwords and certificates are supported", True
    ),
    0x8D: Cause(
        "the broker received nothing within the keep-alive time", "the network loses packets; raise keepalive_s"
    ),
    0x8E: TAKEN_OVER,
    0x93: Cause("the broker reports too many records in flight", "lower platform.in_flight", True),
    0x95: Cause("the broker reports a packet that is too large", "raise its largest packet", True),
    0x97: Cause("the broker's quota for this box is used up", "raise it there", True),
    0x98: Cause("the broker's operator has ended the connection", "ask there", True),
    0x9B: QOS_0_ONLY,
    0x9C: Cause("the broker refers to another server", "ask which, and change platform.host", True),
    0x9D: Cause("the broker has moved", "ask where, and change platform.host", True),
    0x9F: Cause("the broker takes no more connections now", "it is tried again"),
}


def of_reason(code: int, name: str) -> Cause:
    """Return the meaning of a reason code of the broker."""
    return _REASONS.get(code, Cause(f"the broker refuses: {name} (0x{code:02X})", "see the broker's log", True))


def of_first_octets(data: bytes, settings: PlatformSettings) -> Cause | None:
    """Return the kind of server on the port, by its answer instead of a CONNACK; None: it is a broker."""
    port = f"port {settings.port}"
    if not data or data[0] in (0x20, 0xF0):  # CONNACK, AUTH
        return None
    if data[:2] in (b"\x15\x03", b"\x16\x03"):
        return Cause(f"{port} speaks TLS", "add tls: with ca: to the platform, or use the broker's plain port", True)
    if data.startswith((b"HTTP/", b"<")) or b"HTTP/1." in data:
        return Cause(f"{port} speaks HTTP: {_NOT_MQTT}", "use the broker's MQTT port (8883 with TLS, 1883)", True)
    if data.startswith(b"SSH-"):
        return Cause(f"{port} speaks SSH: {_NOT_MQTT}", "use the broker's MQTT port (8883 with TLS, 1883)", True)
    shown = re.sub(rb"[^ -~]", b".", data[:20]).decode()
    return Cause(f"{_NOT_MQTT}: it answers {shown!r}", f"check host and {port}", True)


def silence(waited_s: float) -> Cause:
    """Return the fault that no answer to CONNECT points to."""
    return Cause(
        f"the port accepts connections but sends nothing for {waited_s:.0f} s",
        "the broker hangs, or it is no MQTT port, or a firewall drops the packets",
    )


def closed(settings: PlatformSettings) -> Cause:
    """Return the likely cause when the other side closes before it has sent an octet."""
    other = "does it want no TLS?" if settings.tls else "does it want TLS (tls:)?"
    return Cause(
        "the connection is closed before the broker has answered",
        f"is it a broker for MQTT 5, does it let this address in, {other}",
    )


def unstable(times: int) -> Cause:
    """Return the likely cause when connections end again and again soon after they came up, without a reason."""
    return Cause(
        f"the connection was ended {times} times soon after it came up",
        "look for another client under this box's name (rscu_sn), or a broker or firewall that rejects it",
        True,
    )


def lost(error: str) -> Cause:
    """Return the likely cause when a connection that worked ends without a reason of the broker."""
    return Cause(f"the connection is lost ({error})", "it is tried again; the network or the broker is down")


def of_exception(error: BaseException, settings: PlatformSettings, while_connecting: bool = True) -> Cause:
    """Return the meaning of an error of name resolution, TCP or TLS."""
    if isinstance(error, ssl.SSLError):
        return _of_tls(error, settings)
    if isinstance(error, socket.gaierror):
        return Cause(
            f"the name {settings.host} cannot be resolved ({error.strerror})",
            "check platform.host, and the box's name server",
        )
    where = f"{settings.host}:{settings.port}"
    if isinstance(error, ConnectionRefusedError):
        return Cause(f"nothing listens at {where}", "check host and port; is the broker running?")
    if isinstance(error, ConnectionResetError) and settings.tls is not None and while_connecting:
        return _no_tls(settings)
    if isinstance(error, TimeoutError):
        return Cause(f"no answer from {where}", "check the address, the network and firewalls on the way")
    if isinstance(error, OSError) and error.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH):
        return Cause(f"no way to {where} ({error.strerror})", "check the box's network and its default route")
    if isinstance(error, OSError) and while_connecting:
        return Cause(f"{where} cannot be reached ({error})", "check the network")
    return Cause(f"the connection ended ({error})", "it is tried again")


_EXPIRED, _NOT_YET = 10, 9  # X509_V_ERR_...
_UNKNOWN_AUTHORITY = {2, 18, 19, 20, 21}
_OTHER_NAME = {62, 64}
_OUR_CERTIFICATE = re.compile(
    "certificate.required|bad.certificate|certificate.unknown|unknown.ca|certificate.expired|certificate.revoked"
    "|handshake.failure|access.denied|unsupported.certificate",
    re.IGNORECASE,
)


def _of_tls(error: ssl.SSLError, settings: PlatformSettings) -> Cause:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _of_verification(error, settings)
    text = str(error.reason or error)
    if "WRONG_VERSION_NUMBER" in text or "HTTP_REQUEST" in text or "RECORD_LAYER" in text:
        return Cause(
            f"port {settings.port} speaks no TLS",
            "use the broker's TLS port (8883), or leave out tls: in the platform",
            True,
        )
    if _OUR_CERTIFICATE.search(text.replace("_", " ")):
        return Cause(
            f"the broker does not accept this box's certificate ({text.lower()})",
            "tls.certificate must be there, valid, and of an authority that the broker knows",
            True,
        )
    if isinstance(error, ssl.SSLEOFError):
        return _no_tls(settings)
    return Cause(f"TLS fails ({text})", "see the broker's log", True)


def _no_tls(settings: PlatformSettings) -> Cause:
    return Cause(
        f"port {settings.port} does not answer with TLS",
        "use the broker's TLS port (8883), or leave out tls: in the platform",
        True,
    )


def _of_verification(error: ssl.SSLCertVerificationError, settings: PlatformSettings) -> Cause:
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC by this box's clock"
    if error.verify_code == _EXPIRED:
        return Cause(f"the broker's certificate has expired ({now})", "renew it there, or set the box's clock", True)
    if error.verify_code == _NOT_YET:
        return Cause(
            f"the broker's certificate is not valid yet ({now})", "set the box's clock, or check it there", True
        )
    if error.verify_code in _UNKNOWN_AUTHORITY:
        return Cause(
            f"the broker's certificate is not of an authority in {settings.tls and settings.tls.ca}",
            "put the broker's authority there; if it changed unexpectedly, the connection may be intercepted",
            True,
        )
    if error.verify_code in _OTHER_NAME:
        return Cause(
            f"the broker's certificate is for another name than {settings.host}",
            "platform.host must be a name that stands in it",
            True,
        )
    return Cause(f"the broker's certificate is not accepted ({error.verify_message})", "check it there", True)
